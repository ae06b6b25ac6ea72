"""What a shop is still busy with after a change, and for how long a verification waits for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from harness.drill.actions import recovery
from harness.drill.lifecycle import healthy_baseline
from harness.drill.session import Session
from harness.errors import DrillError
from harness.record.events import DeployKind, DeployStarted, FlagSwitched
from harness.telemetry.prometheus import Sample
from tests.unit.drill.conftest import Hand

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Draining:
    """A Prometheus whose shop has worked its queue off after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    async def value(self, expr: str) -> float:
        assert expr == healthy_baseline.SUCCESS
        self.looks -= 1
        return 1.0 if self.looks <= 0 else 0.91

    async def query(self, expr: str) -> list[Sample]:
        if expr != recovery.REQUESTS_WAITING or self.looks <= 0:
            return []
        return [Sample({"service": "a"}, 14.0, NOW)]


class Silent:
    """A Prometheus that does not answer."""

    async def value(self, expr: str) -> float:
        raise DrillError("Prometheus does not answer")

    query = value


def changed(session: Session, kind: DeployKind) -> None:
    session.note(DeployStarted("dep-1", "c", "1.3.1", "1.3.0", "c0ffee", kind, "Ada", "x"))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_time(_seconds: float) -> None:
        """Waiting is not what is tested here."""

    monkeypatch.setattr("harness.waiting.asyncio.sleep", no_time)


async def waited(session: Session, prometheus: Any, timeout_s: float = 5) -> tuple[Any, list[str]]:
    session.services.prometheus = prometheus
    said: list[str] = []
    return await recovery.wait_for_backlog(session, said.append, timeout_s), said


async def test_after_a_rollback_the_backlog_is_waited_for_and_named(session: Session) -> None:
    changed(session, "rollback")
    left, said = await waited(session, Draining(3))
    assert left == ()
    assert said == [
        "still recovering: 14 requests wait in a; 91% of users succeed; waiting at most 5 s"
    ]


async def test_what_a_brief_outage_left_is_waited_for_though_nobody_changed_anything(
    session: Session,
) -> None:
    left, _ = await waited(session, prometheus := Draining(3))
    assert (left, prometheus.looks) == ((), 3), "the control: nothing was changed"
    said: list[str] = []
    assert await recovery.catch_up(session, said.append, 5) == ()
    assert prometheus.looks == 0
    assert said[0].startswith("still recovering: 14 requests wait in a")


async def test_what_does_not_pass_is_told_and_tested_all_the_same(session: Session) -> None:
    changed(session, "hotfix")
    left, said = await waited(session, Draining(10**9), timeout_s=0.05)
    assert left == ("14 requests wait in a", "91% of users succeed")
    assert said[-1].startswith("still not recovered after 0.05 s: 14 requests wait in a;")


async def test_a_shop_that_has_settled_is_not_waited_for(session: Session) -> None:
    changed(session, "restart")
    assert await waited(session, Draining(0)) == ((), [])


async def test_without_a_change_of_the_teams_nothing_is_waited_for(
    session: Session, hand: Hand
) -> None:
    assert await waited(session, Draining(10**9)) == ((), [])
    changed(session, "release")
    assert await waited(session, Draining(10**9)) == ((), [])
    changed(session, "rollback")
    hand.move(recovery.FRESH_S + 1)
    assert await waited(session, Draining(10**9)) == ((), []), "that was long ago"


async def test_a_flag_is_a_change_too(session: Session) -> None:
    session.note(FlagSwitched("gateway", "recommendations", enabled=False, by="Ada"))
    left, _ = await waited(session, Draining(10**9), timeout_s=0.05)
    assert left


async def test_metrics_that_do_not_answer_are_said_to(session: Session) -> None:
    changed(session, "rollback")
    left, _ = await waited(session, Silent(), timeout_s=0.05)
    assert left == ("Prometheus does not answer",)
