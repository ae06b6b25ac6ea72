"""A drill in which two things are wrong: each is judged, and both have to be healed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.catalog.reader import Catalog
from harness.drill.actions import diagnosis, verify
from harness.drill.actions.instructor import reveal
from harness.drill.lifecycle import finish
from harness.drill.lifecycle.seal import sealed
from harness.drill.session import Session
from harness.model import Objective
from harness.paths import REPO
from harness.players.detection_times import ROLLOUT_S, fired_after, grace_s
from harness.record.events import AlertFired, DeploySucceeded, DrillTriggered
from tests.unit.drill.conftest import Hand, page_sent
from tests.unit.scoring.stories import both


@pytest.fixture
def double(session: Session) -> Session:
    catalog = Catalog(REPO)
    scenario = catalog.scenario("two-faults")
    faults = tuple(catalog.fault(name) for name in scenario.faults)
    seal = sealed(scenario, session.spec.seed, faults)
    session.spec = replace(session.spec, scenario=scenario, faults=faults, seal=seal)
    for fault in session.spec.faults:
        session.note(DrillTriggered(fault.service, fault.release.version_to))
    return session


def declare(session: Session, service: str, mechanism: str, percent: int = 80) -> None:
    diagnosis.declare(
        session,
        service=service,
        mechanism=mechanism,
        confidence_percent=percent,
        evidence=[],
        note="",
        by="Ada",
    )


def test_the_cause_is_found_when_both_are(double: Session, hand: Hand) -> None:
    hand.move(10)
    page_sent(double)
    declare(double, "orders", "n-plus-one")
    half = finish.scorecard(double, aborted=False)
    assert half.kpis.times.tti is None
    assert [one.diagnosed for one in half.root_causes] == [False, True]
    hand.move(20)
    declare(double, "billing", "numeric-precision")
    whole = finish.scorecard(double, aborted=False)
    assert whole.kpis.times.tti == both(20_000)
    assert all(one.diagnosed for one in whole.root_causes)


def test_a_cause_that_nobody_believed_in_was_not_diagnosed_nor_one_that_was_told(
    double: Session,
) -> None:
    declare(double, "orders", "n-plus-one", percent=10)
    reveal(double, by="the instructor")
    declare(double, "billing", "numeric-precision")
    card = finish.scorecard(double, aborted=False)
    assert not any(one.diagnosed for one in card.root_causes)


def test_ones_service_with_the_others_mechanism_is_not_right(double: Session) -> None:
    declare(double, "orders", "numeric-precision")
    card = finish.scorecard(double, aborted=False)
    assert card.declared is not None
    assert not card.declared.right


def test_verification_asks_for_what_each_of_them_asks(double: Session) -> None:
    asked = {one.measure: one for one in verify.objectives(double.spec)}
    for fault in double.spec.faults:
        for objective in fault.verify:
            assert asked[objective.measure] == objective


def test_of_two_bounds_on_one_measure_the_harder_one_counts(double: Session) -> None:
    first, second = double.spec.faults
    loose = (Objective("longest_wait_ms", at_most=9000), Objective("x", at_least=0.5))
    tight = (Objective("longest_wait_ms", at_most=100), Objective("x", at_most=2.0))
    for one, other in ((loose, tight), (tight, loose)):
        double.spec = replace(
            double.spec, faults=(replace(first, verify=one), replace(second, verify=other))
        )
        asked = {one.measure: one for one in verify.objectives(double.spec)}
        assert asked["longest_wait_ms"].at_most == 100
        assert asked["x"] == Objective("x", at_least=0.5, at_most=2.0)


def test_each_alert_is_due_from_its_own_trigger(session: Session, hand: Hand) -> None:
    session.note(AlertFired("f0", "Early", "critical", "x", ""))
    session.note(DrillTriggered("orders", "5.2.1"))
    hand.move(6)
    session.note(DrillTriggered("billing", "3.0.1"))
    hand.move(8)
    session.note(AlertFired("f1", "LedgerOutOfBalance", "critical", "x", "billing"))
    told = session.services.record.events()
    assert fired_after(told) == {"LedgerOutOfBalance": 14.0}
    assert fired_after(told, "billing") == {"LedgerOutOfBalance": 8.0}
    assert fired_after(told, "payments") == {}


def rolled_out(service: str, version: str) -> DeploySucceeded:
    return DeploySucceeded("dep-1", service, "1.0.0", version, "abc", "release", "Ada", "x")


def test_a_rollout_that_takes_long_is_not_the_alerts_to_answer_for(
    session: Session, hand: Hand
) -> None:
    fault = Catalog(REPO).fault("deadlock")
    assert fault.release is not None
    session.note(DrillTriggered(fault.service, fault.release.version_to))
    hand.move(4)
    session.note(rolled_out(fault.service, fault.release.version_to))
    assert grace_s(session, fault) == 4 - ROLLOUT_S


def test_a_quick_rollout_and_somebody_elses_give_no_grace(session: Session, hand: Hand) -> None:
    fault = Catalog(REPO).fault("deadlock")
    assert fault.release is not None
    session.note(DrillTriggered(fault.service, fault.release.version_to))
    hand.move(1)
    session.note(rolled_out(fault.service, fault.release.version_to))
    hand.move(30)
    session.note(rolled_out("users", "3.1.1"))
    assert grace_s(session, fault) == 0


def test_what_hides_a_fault_for_a_while_delays_when_its_alert_is_due(session: Session) -> None:
    catalog = Catalog(REPO)
    session.spec = replace(session.spec, scenario=catalog.scenario("n-plus-one-and-blip"))
    fault = catalog.fault("n-plus-one")
    assert grace_s(session, fault) == sum(one.for_s for one in session.spec.scenario.blips) > 0
