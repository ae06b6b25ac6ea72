"""A page about something that passes by itself: the right answer is to say so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from harness.causes import NOWHERE, Blip
from harness.drill.actions import diagnosis
from harness.drill.lifecycle import disturbances
from harness.drill.lifecycle.finish import scorecard
from harness.drill.lifecycle.seal import key_of, sealed
from harness.drill.session import Session
from harness.errors import UnknownName
from harness.record.events import DiagnosisDeclared


def declare(session: Session, service: str, mechanism: str) -> DiagnosisDeclared:
    return diagnosis.declare(
        session,
        service=service,
        mechanism=mechanism,
        confidence_percent=80,
        evidence=[],
        note="",
        by="sam",
    )


@pytest.fixture
def passing(session: Session) -> Session:
    """A drill in which third parties are down for a moment, and nothing else."""
    session.spec = replace(
        session.spec, scenario=replace(session.spec.scenario, blips=(Blip("down", 0, 0.01),))
    )
    return session


@pytest.mark.parametrize(
    ("service", "mechanism", "right"),
    [
        (NOWHERE, "nothing wrong", True),
        ("gateway", "no-fault", True),
        ("payments", "slow-dependency", False),
    ],
)
async def test_only_nothing_wrong_is_right_where_nothing_is(
    passing: Session, service: str, mechanism: str, right: bool
) -> None:
    await disturbances.blip(passing, passing.spec.scenario.blips[0])
    declare(passing, service, mechanism)
    card = scorecard(passing, aborted=False)
    assert card.declared is not None
    assert card.declared.right is right


def test_nothing_wrong_is_wrong_where_something_is(trouble: Session) -> None:
    declare(trouble, NOWHERE, "no-fault")
    card = scorecard(trouble, aborted=False)
    assert card.declared is not None
    assert not card.declared.right


def test_a_cause_needs_a_service(session: Session) -> None:
    with pytest.raises(UnknownName, match="no service 'none'"):
        declare(session, NOWHERE, "overload")


def test_the_sealed_answer_says_that_nothing_is_wrong(passing: Session) -> None:
    key = key_of(json.loads(sealed(passing.spec.scenario, 1, ()).answer)["faults"])
    assert key is not None
    assert key.is_right(NOWHERE, "no-fault")
    assert not key.is_right("payments", "slow-dependency")


def test_a_drill_without_anything_has_no_answer(session: Session) -> None:
    assert key_of(json.loads(sealed(session.spec.scenario, 1, ()).answer)["faults"]) is None
