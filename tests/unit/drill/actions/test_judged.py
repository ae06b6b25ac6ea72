"""What the instructor is told of each declared cause: every accepted answer is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.catalog.reader import Catalog
from harness.causes import NOWHERE
from harness.drill.actions import diagnosis
from harness.drill.session import Session
from harness.model import Answer, Mechanism
from harness.paths import REPO


def declare(session: Session, service: str, mechanism: str, links: Sequence[str] = ()) -> None:
    diagnosis.declare(
        session,
        service=service,
        mechanism=mechanism,
        confidence_percent=80,
        evidence=("it is slow", "it was fast"),
        note="",
        by="Ada",
        links=links,
    )


def rights(session: Session) -> list[bool]:
    return [one["right"] for one in diagnosis.judged(session)]


def test_what_is_accepted_beside_the_primary_answer_is_right(trouble: Session) -> None:
    (fault,) = trouble.spec.faults
    both = Answer((*fault.accepts.services, "orders"), fault.accepts.mechanisms)
    trouble.spec = replace(trouble.spec, faults=(replace(fault, accepts=both),))
    for service in both.services:
        for mechanism in both.mechanisms:
            declare(trouble, service, mechanism.value)
    assert len(rights(trouble)) == 4
    assert all(rights(trouble))


def test_what_is_not_accepted_is_not_right(trouble: Session) -> None:
    """Negative control: half an answer is none, and neither is that nothing is wrong."""
    declare(trouble, "orders", "timeout-misconfigured")
    declare(trouble, "payments", "overload")
    declare(trouble, NOWHERE, Mechanism.NO_FAULT.value)
    assert rights(trouble) == [False, False, False]


def test_where_nothing_is_wrong_saying_so_is_right(session: Session) -> None:
    declare(session, NOWHERE, Mechanism.NO_FAULT.value)
    declare(session, "payments", "slow-dependency")
    assert rights(session) == [True, False]


def test_of_two_faults_either_is_right_but_not_a_mixture(session: Session) -> None:
    catalog = Catalog(REPO)
    one, other = (catalog.fault(name) for name in ("bad-timeouts", "n-plus-one"))
    session.spec = replace(session.spec, faults=(one, other))
    declare(session, one.service, one.mechanism.value)
    declare(session, other.service, other.mechanism.value)
    declare(session, one.service, other.mechanism.value)
    assert rights(session) == [True, True, False]


@pytest.mark.parametrize(
    ("links", "counts"),
    [((), 0), (("alert:A",), 1), (("alert:A", "alert:A"), 1), (("alert:A", "trace:b"), 2)],
)
def test_links_are_counted_as_the_gate_for_ai_counts_it(
    trouble: Session, links: Sequence[str], counts: int
) -> None:
    declare(trouble, "payments", "timeout-misconfigured", links)
    (found,) = diagnosis.judged(trouble)
    assert found["evidence"] == counts
    assert found["seq"] == trouble.services.record.last_seq()
