"""What the drill is about happens to a healthy shop, and before it nobody is paged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from harness.causes import Blip
from harness.drill.actions.pager import acknowledge, take_alerts
from harness.drill.lifecycle import disturbances, healthy_baseline, release_schedule
from harness.drill.session import Session
from harness.errors import StackFailed, UsageError
from harness.measures import MEASURE_NAMES, Measures
from harness.model import Alert
from harness.record import events as e
from tests.unit.drill.conftest import CalmPrometheus

SILENT: Any = lambda _: None  # noqa: E731
HEALTHY: Mapping[str, float] = {
    name: 1.0 if name.endswith(("ratio", "exact", "honest")) else 0.0 for name in MEASURE_NAMES
}


class FakeOracle:
    """Gives the figures that it was told, the last of them for ever; alarms on the way if asked."""

    def __init__(self, session: Session, *figures: Measures) -> None:
        self.session, self.figures, self.asked = session, list(figures or [HEALTHY]), 0
        self.alarms: list[str] = []

    async def capture_references(self) -> str:
        return f"references {self.asked + 1}"

    async def measure(self, _plan: object, _references: object) -> Measures:
        self.asked += 1
        if self.alarms:
            ring(self.session, name := self.alarms.pop(0))
            ring(self.session, name, resolved=True)
        return self.figures.pop(0) if len(self.figures) > 1 else self.figures[0]


TURNS = count()


def alert(name: str = "HighErrorRate", *, resolved: bool = False) -> Alert:
    """One that began later than all before it."""
    began = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=next(TURNS))
    return Alert(name, name, "critical", "66% fail", starts_at=began, resolved=resolved)


def ring(session: Session, name: str = "HighErrorRate", *, resolved: bool = False) -> bool:
    return take_alerts(session, [alert(name, resolved=resolved)])


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthy_baseline, "CHECK_EVERY_S", 0.01)
    monkeypatch.setattr(healthy_baseline, "RETAKE_TIMEOUT_S", 0.2)


@pytest.fixture
def shop(trouble: Session) -> Session:
    """A healthy shop with a bad release to come."""
    oracle: Any = FakeOracle(trouble)
    trouble.run.opened = oracle
    workspace: Any = trouble.services.workspace
    fault = trouble.spec.faults[0]
    shop: Any = type("Shop", (), {"log": ()})()
    now = datetime.now(UTC)
    shop.live = (release_schedule.PlannedRelease(fault.release, now, None, is_culprit=True),)
    workspace.shop = shop
    return trouble


def oracle_of(session: Session) -> FakeOracle:
    found: Any = session.oracle
    assert isinstance(found, FakeOracle)
    return found


def prometheus_of(session: Session) -> CalmPrometheus:
    found: Any = session.services.prometheus
    assert isinstance(found, CalmPrometheus)
    return found


def types(session: Session) -> list[str]:
    return [one.type for one in session.services.record.events()]


def seen_by_participants(session: Session) -> list[str]:
    return [one.type for one in session.services.record.events(audience="participant")]


def test_before_the_fault_nobody_is_paged_nor_asked_to_acknowledge(shop: Session) -> None:
    assert ring(shop) is False
    assert shop.state().pages == ()
    with pytest.raises(UsageError, match="no page is open"):
        acknowledge(shop, None, "ada")
    assert types(shop)[-2:] == ["alert.fired", "alarm.false"]
    assert "alarm.false" not in seen_by_participants(shop)
    ring(shop, resolved=True)
    shop.note(e.DrillTriggered("payments", "2.4.2"))
    assert ring(shop) is True, "negative control: the same alert after it is a page"
    acknowledge(shop, None, "ada")


async def test_an_alarm_before_the_fault_has_the_baseline_taken_again(shop: Session) -> None:
    await healthy_baseline.take(shop, SILENT)
    ring(shop)
    ring(shop, resolved=True)
    await release_schedule.run_schedule(shop)
    wanted = ["baseline.retaken", "drill.triggered", "deploy.started"]
    assert [one for one in types(shop) if one in wanted] == wanted
    assert oracle_of(shop).asked == 2
    assert shop.run.references == "references 2", "the figures are those of the second time"
    assert "baseline.retaken" not in seen_by_participants(shop)
    ring(shop, "PaymentsFailing")
    assert [one.alert for one in shop.state().pages] == ["PaymentsFailing"]


async def test_without_an_alarm_the_fault_comes_at_once(shop: Session) -> None:
    await healthy_baseline.take(shop, SILENT)
    await release_schedule.run_schedule(shop)
    assert "baseline.retaken" not in types(shop)
    assert oracle_of(shop).asked == 1
    assert shop.has_begun


@pytest.mark.parametrize(
    ("query", "value", "why"),
    [
        (healthy_baseline.SUCCESS, 0.83, "83.0% of requests succeed"),
        (healthy_baseline.ALERTS, 1.0, "1 alerts are pending or firing"),
    ],
)
async def test_a_shop_that_does_not_get_well_ends_the_drill_which_says_why(
    shop: Session, query: str, value: float, why: str
) -> None:
    await healthy_baseline.take(shop, SILENT)
    prometheus_of(shop).figures[query] = value
    shop.run.keep(asyncio.create_task(release_schedule.run_schedule(shop)))
    await asyncio.wait_for(shop.run.over.wait(), timeout=30)
    assert isinstance(shop.run.failure, StackFailed)
    assert why in shop.run.over_reason
    assert not shop.has_begun


async def test_an_alert_that_still_fires_is_waited_for_since_it_would_not_page_anew(
    shop: Session,
) -> None:
    await healthy_baseline.take(shop, SILENT)
    ring(shop)
    prometheus_of(shop).listed = (alert(),)
    with pytest.raises(StackFailed, match="have not been resolved"):
        await release_schedule.run_schedule(shop)
    ring(shop, resolved=True)
    await release_schedule.run_schedule(shop)
    assert shop.has_begun


async def test_once_it_has_begun_nothing_is_waited_for(shop: Session) -> None:
    shop.note(e.DrillTriggered("orders", "5.2.4"))
    prometheus_of(shop).figures[healthy_baseline.SUCCESS] = 0.2
    await release_schedule.run_schedule(shop)
    assert "baseline.retaken" not in types(shop)


async def test_a_dependency_acts_on_a_healthy_shop_too_and_may_page(session: Session) -> None:
    ring(session)
    ring(session, resolved=True)
    oracle: Any = FakeOracle(session)
    session.run.opened = oracle
    session.spec = replace(session.spec, faults=())
    await disturbances.blip(session, Blip("down", after_s=0, for_s=0.01))
    wanted = ["baseline.retaken", "drill.triggered", "dependency.acted"]
    assert [one for one in types(session) if one in wanted][:3] == wanted
    assert "alarm.false" in types(session)
    assert ring(session) is True


SICK: Measures = {**HEALTHY, "checkout_success_ratio": 0.83, "checkout_p95_ms": 10_000.0}


async def test_figures_of_a_shop_that_was_not_healthy_are_not_kept(shop: Session) -> None:
    said: list[str] = []
    shop.run.opened = FakeOracle(shop, SICK, HEALTHY)  # type: ignore[assignment]
    await healthy_baseline.take(shop, said.append)
    assert shop.run.healthy == HEALTHY
    assert any("checkout_p95_ms is 1e+04, healthy is ≤ 2500" in one for one in said)
    assert types(shop).count("baseline.confirmed") == 1


async def test_figures_during_which_an_alarm_came_are_not_kept(shop: Session) -> None:
    oracle_of(shop).alarms.append("HighLatency")
    await healthy_baseline.take(shop, SILENT)
    assert shop.run.references == "references 2"
    assert shop.run.alarms == []


async def test_a_shop_that_never_is_healthy_while_measured_starts_no_drill(shop: Session) -> None:
    shop.run.opened = FakeOracle(shop, SICK)  # type: ignore[assignment]
    with pytest.raises(StackFailed, match=r"checkout_success_ratio is 0\.83"):
        await healthy_baseline.take(shop, SILENT)
    assert shop.run.healthy is None
    assert "baseline.confirmed" not in types(shop)


async def test_what_could_not_be_measured_is_no_illness(shop: Session) -> None:
    unknown = {**HEALTHY, "summaries_written_ratio": None}
    shop.run.opened = FakeOracle(shop, unknown)  # type: ignore[assignment]
    await healthy_baseline.take(shop, SILENT)
    assert shop.run.healthy == unknown


async def test_without_looking_again_the_fault_would_come_to_a_shop_that_is_not_well(
    shop: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control of the second look."""

    async def no_look(_: Session) -> str:
        return ""

    await healthy_baseline.take(shop, SILENT)
    monkeypatch.setattr(healthy_baseline, "_trouble", no_look)
    ring(shop)
    prometheus_of(shop).figures[healthy_baseline.SUCCESS] = 0.2
    await release_schedule.run_schedule(shop)
    assert shop.has_begun
    assert "baseline.retaken" not in types(shop)


async def test_without_a_look_at_the_figures_those_of_a_sick_shop_would_be_kept(
    shop: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control of what figures are kept."""
    monkeypatch.setattr(healthy_baseline, "_spoiled", lambda _session, _figures: "")
    shop.run.opened = FakeOracle(shop, SICK)  # type: ignore[assignment]
    await healthy_baseline.take(shop, SILENT)
    assert shop.run.healthy == SICK
