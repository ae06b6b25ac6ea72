"""An alarm before the fault, as Prometheus sends it to the pager's port, on a clock that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from harness.api.alertmanager_app import create_alertmanager_app
from harness.drill.lifecycle import healthy_baseline, release_schedule
from harness.drill.session import Session
from harness.plain_http import local_client
from harness.record.events import DrillTriggered, PageSent
from harness.record.store import Record
from harness.tokens import TokenBook
from harness.waiting import wait_until
from tests.unit.drill.conftest import hand, session, trouble
from tests.unit.drill.lifecycle.test_healthy_baseline import (
    SILENT,
    oracle_of,
    prometheus_of,
    shop,
    soon,
    types,
)
from tests.unit.telemetry.conftest import free_port, serving

__all__ = ["hand", "session", "shop", "soon", "trouble"]

SOON_S = 20.0


@dataclass
class Pager:
    session: Session
    http: httpx.AsyncClient

    async def send(self, name: str, *, ended: bool = False) -> None:
        now = datetime.now(UTC)
        alert = {
            "labels": {"alertname": name, "severity": "critical", "team": "storefront"},
            "annotations": {"summary": "66% fail"},
            "startsAt": (now - timedelta(seconds=1)).isoformat(),
            "endsAt": (now if ended else now + timedelta(minutes=1)).isoformat(),
        }
        (await self.http.post("/api/v2/alerts", json=[alert])).raise_for_status()

    async def until(self, event: str) -> None:
        async def is_there() -> bool:
            return event in types(self.session)

        await wait_until(is_there, timeout_s=SOON_S, what=event)


@pytest.fixture
async def pager(
    shop: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pager]:
    monkeypatch.setattr(healthy_baseline, "RETAKE_TIMEOUT_S", SOON_S)
    tokens, port = TokenBook.create(tmp_path / "secrets"), free_port()
    with Record(tmp_path / "running.db", "d-test") as record:
        shop.services.record = record
        async with (
            serving(create_alertmanager_app(shop, tokens, port), port),
            local_client(f"http://127.0.0.1:{port}") as http,
        ):
            http.auth = tokens.login("prometheus")
            yield Pager(shop, http)


async def test_the_fault_waits_for_the_end_of_an_alarm_and_for_figures_taken_anew(
    pager: Pager,
) -> None:
    drill = pager.session
    await healthy_baseline.take(drill, SILENT)
    prometheus_of(drill).figures[healthy_baseline.ALERTS] = 1.0
    await pager.send("HighErrorRate")
    schedule = asyncio.create_task(release_schedule.run_schedule(drill))
    await pager.until("alarm.false")
    assert drill.state().pages == ()
    assert "drill.triggered" not in types(drill)
    assert not schedule.done()

    await pager.send("HighErrorRate", ended=True)
    prometheus_of(drill).figures[healthy_baseline.ALERTS] = 0.0
    await asyncio.wait_for(schedule, SOON_S)
    order = [
        one
        for one in types(drill)
        if one in ("alert.resolved", "baseline.retaken", "drill.triggered")
    ]
    assert order == ["alert.resolved", "baseline.retaken", "drill.triggered"]
    assert (oracle_of(drill).asked, drill.run.references) == (2, "references 2")

    await pager.send("PaymentsFailing")
    await pager.until("page.sent")
    (page,) = drill.state().pages
    assert page.alert == "PaymentsFailing"
    story = drill.story()
    triggered, paged = story.first(DrillTriggered), story.first(PageSent)
    assert triggered is not None
    assert paged is not None
    assert triggered.drill_ms <= paged.drill_ms


async def test_without_the_wait_it_would_come_while_the_alarm_still_fires(
    pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""

    async def no_look(_: Session) -> str:
        return ""

    monkeypatch.setattr(healthy_baseline, "_trouble", no_look)
    drill = pager.session
    await healthy_baseline.take(drill, SILENT)
    await pager.send("HighErrorRate")
    await asyncio.wait_for(release_schedule.run_schedule(drill), SOON_S)
    assert "drill.triggered" in types(drill)
    assert "baseline.retaken" not in types(drill)
    assert drill.run.alerts.firing()
