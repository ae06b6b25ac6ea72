"""A drill in which two things are wrong: each is judged, and both have to be healed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.catalog import Catalog
from harness.drill import diagnosis, finish, verify
from harness.drill.seal import sealed
from harness.drill.session import Session
from harness.drill.trial import fired_after
from harness.model import Objective
from harness.paths import REPO
from harness.record.events import AlertFired, DrillTriggered
from tests.unit.drill.conftest import Hand


@pytest.fixture
def double(session: Session) -> Session:
    catalog = Catalog(REPO)
    session.scenario = catalog.scenario("two-faults")
    session.faults = tuple(catalog.fault(name) for name in session.scenario.faults)
    session.seal = sealed(session.scenario, session.seed, session.faults)
    for fault in session.faults:
        session.note(DrillTriggered(fault.service, fault.release.version_to))
    return session


def declare(session: Session, service: str, mechanism: str) -> None:
    diagnosis.declare(
        session,
        service=service,
        mechanism=mechanism,
        confidence_percent=80,
        evidence=[],
        note="",
        by="Ada",
    )


def test_the_cause_is_found_when_both_are(double: Session, hand: Hand) -> None:
    hand.move(10)
    declare(double, "orders", "n-plus-one")
    half = finish.scorecard(double, aborted=False)
    assert half.kpis.cause_ms is None
    assert [one.diagnosed for one in half.root_causes] == [False, True]
    hand.move(20)
    declare(double, "billing", "numeric-precision")
    whole = finish.scorecard(double, aborted=False)
    assert whole.kpis.cause_ms == 30_000
    assert all(one.diagnosed for one in whole.root_causes)


def test_ones_service_with_the_others_mechanism_is_not_right(double: Session) -> None:
    declare(double, "orders", "numeric-precision")
    card = finish.scorecard(double, aborted=False)
    assert card.declared is not None
    assert not card.declared.right


def test_verification_asks_for_what_each_of_them_asks(double: Session) -> None:
    asked = {one.measure: one for one in verify.objectives(double)}
    for fault in double.faults:
        for objective in fault.verify:
            assert asked[objective.measure] == objective


def test_of_two_bounds_on_one_measure_the_harder_one_counts(double: Session) -> None:
    first, second = double.faults
    loose = (Objective("longest_wait_ms", at_most=9000), Objective("x", at_least=0.5))
    tight = (Objective("longest_wait_ms", at_most=100), Objective("x", at_most=2.0))
    for one, other in ((loose, tight), (tight, loose)):
        double.faults = (replace(first, verify=one), replace(second, verify=other))
        asked = {one.measure: one for one in verify.objectives(double)}
        assert asked["longest_wait_ms"].at_most == 100
        assert asked["x"] == Objective("x", at_least=0.5, at_most=2.0)


def test_each_alert_is_due_from_its_own_trigger(session: Session, hand: Hand) -> None:
    session.note(AlertFired("f0", "Early", "critical", "x", ""))
    session.note(DrillTriggered("orders", "5.2.1"))
    hand.move(6)
    session.note(DrillTriggered("billing", "3.0.1"))
    hand.move(8)
    session.note(AlertFired("f1", "LedgerOutOfBalance", "critical", "x", "billing"))
    told = session.record.events()
    assert fired_after(told) == {"LedgerOutOfBalance": 14.0}
    assert fired_after(told, "billing") == {"LedgerOutOfBalance": 8.0}
    assert fired_after(told, "payments") == {}
