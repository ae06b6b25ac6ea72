"""What is expected of an act is said before it, and held against what came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.drill.actions import deploy, expectation
from harness.drill.actions.expectation import Plan, conditions_of
from harness.drill.session import Session
from harness.errors import DeployFailed, DrillError, UsageError
from harness.record.events import ActionStated, DeployStarted, NoteAdded, OutcomeMeasured
from harness.waiting import wait_until
from tests.unit.drill.conftest import Hand

PLAN = Plan("errors < 5%", 90, 60, "roll forward")


class FakePrometheus:
    """Answers every query with the next of its values; the last one stays."""

    def __init__(self, *values: float | None) -> None:
        self.values = list(values)

    async def value(self, query: str) -> float | None:
        return self.values.pop(0) if len(self.values) > 1 else self.values[0]


def silent(_: str) -> None:
    pass


def outcome(session: Session) -> OutcomeMeasured | None:
    last = session.story().last(OutcomeMeasured)
    return last.event if last else None


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectation, "CHECK_EVERY_S", 0.0)
    monkeypatch.setattr(expectation, "REAL_SECONDS_MIN", 0.0)


@pytest.mark.parametrize(
    ("text", "measure", "sense", "bound"),
    [
        ("errors < 5%", "errors", "below", 5),
        ("errors fall under 5 %", "errors", "below", 5),
        ("success > 99.5%", "success", "above", 99.5),
        ("p95 below 500 ms", "p95", "below", 500),
        ("latency under 2 s", "latency", "below", 2000),
        ("alerts <= 0", "alerts", "below", 0),
        ("errors < 5% within two minutes", "errors", "below", 5),
        ("the error rate drops below 1%, as before", "errors", "below", 1),
        ("checkout is back: success rate above 99 %", "success", "above", 99),
    ],
)
def test_what_can_be_measured_is_understood(
    text: str, measure: str, sense: str, bound: float
) -> None:
    (found,) = conditions_of(text)
    assert (found.measure, found.sense, found.bound) == (measure, sense, bound)


@pytest.mark.parametrize(
    "text",
    [
        "it gets better", "errors fall", "errors < 5 ms", "p95 < 5%", "profit > 5", "errors <", "",
        "errors do not fall below 5%", "errors never < 5%", "errors < 5%x", "errors < 5.5.1",
        "latency < 5 minutes", "errors below 5 per minute", "p95 under 3min",
    ],
)  # fmt: skip
def test_any_other_sentence_is_left_to_people(text: str) -> None:
    assert conditions_of(text) == ()


def test_an_unknown_value_never_holds() -> None:
    (found,) = conditions_of("errors < 5%")
    assert found.holds(5.0)
    assert not found.holds(5.1)
    assert not found.holds(None)


async def rolled_back(session: Session, plan: Plan | None, prometheus: Any) -> None:
    session.services.prometheus = prometheus
    built = session.services.workspace.release("payments", "2.4.2")
    await deploy.release(session, built, by="a colleague", summary="x", progress=silent)
    await deploy.rollback(
        session, "payments", to_version=None, by="Ada", progress=silent, plan=plan
    )


async def test_a_plan_stands_in_the_record_right_before_its_act(session: Session) -> None:
    await rolled_back(session, PLAN, FakePrometheus(1.0))
    types = [one.type for one in session.services.record.events()]
    assert types[2:5] == ["action.stated", "deploy.started", "deploy.succeeded"]
    stated = session.story().of(ActionStated)[0].event
    assert (stated.action, stated.target, stated.by) == ("rollback", "payments", "Ada")


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        ("errors < 5%", "act-1 is recorded; the drill measures 'errors < 5%'"),
        ("it heals", "act-1 is recorded; say what came of it: drill outcome act-1"),
    ],
)
async def test_whoever_acts_is_told_the_id_of_what_they_expect(
    session: Session, expected: str, says: str
) -> None:
    told: list[str] = []
    plan = replace(PLAN, expectation=expected)
    session.services.prometheus = FakePrometheus(1.0)  # type: ignore[assignment]
    await deploy.restart(session, "payments", by="Ada", progress=told.append, plan=plan)
    assert any(one.startswith(says) for one in told)


async def test_without_a_plan_none_is_recorded(session: Session) -> None:
    await rolled_back(session, None, FakePrometheus(1.0))
    assert session.story().of(ActionStated) == ()


async def test_an_expectation_is_met_once_it_holds_for_a_while(session: Session) -> None:
    await rolled_back(session, PLAN, FakePrometheus(40.0, 4.0, 9.0, 3.0, 2.0, 1.0))

    async def measured() -> OutcomeMeasured | None:
        return outcome(session)

    found = await wait_until(measured, timeout_s=5, what="the outcome")
    assert found.met
    assert found.measured == "errors: 1 %"


async def test_an_expectation_whose_time_is_up_is_not_met(session: Session, hand: Hand) -> None:
    await rolled_back(session, PLAN, FakePrometheus(40.0))

    async def measured() -> OutcomeMeasured | None:
        hand.move(10)
        return outcome(session)

    found = await wait_until(measured, timeout_s=5, what="the outcome")
    assert not found.met
    assert found.measured == "errors: 40 %"


async def test_metrics_that_go_away_are_no_success(session: Session, hand: Hand) -> None:
    await rolled_back(session, PLAN, FakePrometheus(40.0, None))

    async def measured() -> OutcomeMeasured | None:
        hand.move(10)
        return outcome(session)

    found = await wait_until(measured, timeout_s=5, what="the outcome")
    assert not found.met
    assert "no data" in found.measured


async def test_what_could_never_be_measured_is_left_to_people(session: Session, hand: Hand) -> None:
    class Broken:
        async def value(self, query: str) -> float:
            raise DrillError("Prometheus is away")

    await rolled_back(session, PLAN, Broken())

    async def given_up() -> NoteAdded | None:
        hand.move(10)
        last = session.story().last(NoteAdded)
        return last.event if last else None

    found = await wait_until(given_up, timeout_s=5, what="the end of the measuring")
    assert "act-1 could not be measured" in found.text
    assert outcome(session) is None
    told = {"action_id": "act-1", "met": True, "measured": "errors at 2% in the log", "by": "Ada"}
    expectation.tell_outcome(session, **told)  # type: ignore[arg-type]
    assert outcome(session) is not None


async def test_of_several_conditions_in_a_sentence_all_must_hold(
    session: Session, hand: Hand
) -> None:
    plan = replace(PLAN, expectation="errors < 5% and p95 below 9 ms")
    await rolled_back(session, plan, FakePrometheus(7.0, 7.0, 4.0))

    async def measured() -> OutcomeMeasured | None:
        return outcome(session)

    found = await wait_until(measured, timeout_s=5, what="the outcome")
    assert (found.met, found.measured) == (True, "errors: 4 %, p95: 4 ms")
    missed = replace(PLAN, expectation="errors < 50% and p95 below 1 ms")
    await rolled_back(session, missed, FakePrometheus(40.0))

    async def given_up() -> OutcomeMeasured | None:
        hand.move(10)
        last = outcome(session)
        return last if last and last.action_id == "act-2" else None

    found = await wait_until(given_up, timeout_s=5, what="the outcome")
    assert (found.met, found.measured) == (False, "errors: 40 %, p95: 40 ms")


@pytest.mark.parametrize("expected", ["errors < 5%", "all is well, errors < 5% again"])
async def test_nobody_tells_the_outcome_of_what_the_drill_measures(
    session: Session, expected: str
) -> None:
    await rolled_back(session, replace(PLAN, expectation=expected), FakePrometheus(40.0))
    with pytest.raises(UsageError, match=f"the drill measures '{expected}'"):
        expectation.tell_outcome(
            session, action_id="act-1", met=True, measured="looks well", by="Ada"
        )
    assert outcome(session) is None


async def test_an_act_that_fails_misses_its_expectation(session: Session) -> None:
    runtime: Any = session.services.runtime
    built = session.services.workspace.release("payments", "2.4.2")
    await deploy.release(session, built, by="a colleague", summary="x", progress=silent)
    runtime.refused.add("2.4.1")
    with pytest.raises(DeployFailed):
        await deploy.rollback(
            session, "payments", to_version=None, by="Ada", progress=silent, plan=PLAN
        )
    found = outcome(session)
    assert found is not None
    assert not found.met


async def test_a_rollback_without_a_way_back_is_refused_before_anything_is_done(
    session: Session,
) -> None:
    with pytest.raises(UsageError, match="if_worse"):
        await rolled_back(session, Plan("errors < 5%", 90), FakePrometheus(1.0))
    kinds = [one.event.kind for one in session.story().of(DeployStarted)]
    assert kinds == ["release"]


def test_where_plans_are_asked_for_their_absence_must_be_said() -> None:
    with pytest.raises(UsageError, match="what do you expect of this rollback"):
        expectation.require_plan(None, act="rollback", asks=True, waived=False)
    expectation.require_plan(None, act="rollback", asks=True, waived=True)
    expectation.require_plan(None, act="rollback", asks=False, waived=False)
    expectation.require_plan(PLAN, act="rollback", asks=True, waived=False)


def test_an_outcome_is_told_once(session: Session) -> None:
    stated = expectation.note_plan(
        session, Plan("the queue empties", 60), action="wait", target="", by="Ada"
    )
    assert stated is not None
    expectation.follow_up(session, stated)
    expectation.tell_outcome(
        session, action_id="act-1", met=True, measured="empty after a minute", by="Ada"
    )
    with pytest.raises(UsageError, match="no stated action waits"):
        expectation.tell_outcome(session, action_id="act-1", met=True, measured="x", by="Ada")
