"""Alerts become pages: once each, critical ones only, and somebody answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from harness.drill.actions.pager import acknowledge, expire_alerts, take_alerts
from harness.drill.session import Session
from harness.errors import RecordFailed, StackFailed, UnknownName, UsageError
from harness.model import Alert
from harness.record import events
from harness.telemetry.alerts import MISSING_MAX


@pytest.fixture(autouse=True)
def fault(session: Session) -> None:
    session.note(events.DrillTriggered("payments", "2.4.2"))


def alert(
    name: str, severity: str = "critical", *, resolved: bool = False, year: int = 2030
) -> Alert:
    return Alert(
        fingerprint=name,
        name=name,
        severity=severity,
        summary=f"{name} is bad",
        starts_at=datetime(year, 1, 1, tzinfo=UTC),
        resolved=resolved,
    )


def recorded(session: Session) -> list[str]:
    return [one.type for one in session.services.record.events() if one.type != "drill.triggered"]


def test_a_critical_alert_pages_and_says_that_it_was_the_first(session: Session) -> None:
    assert take_alerts(session, [alert("HighErrorRate")]) is True
    assert recorded(session) == ["alert.fired", "page.sent"]


def test_an_alert_that_is_sent_again_pages_no_second_time(session: Session) -> None:
    take_alerts(session, [alert("HighErrorRate")])
    assert take_alerts(session, [alert("HighErrorRate")]) is False
    assert recorded(session) == ["alert.fired", "page.sent"]


def test_what_was_proven_to_be_over_and_comes_back_pages_again(session: Session) -> None:
    """Once more, and not for each delivery; what only was silent for a while does not."""
    for year in (2030, 2031):
        take_alerts(session, [alert("HighErrorRate", year=year)])
        take_alerts(session, [alert("HighErrorRate", year=year, resolved=True)])
    assert [page.page_id for page in session.state().pages] == ["p1"]
    session.note(events.VerifyFinished(True, ()))
    assert session.state().is_proven
    for _ in range(2):
        take_alerts(session, [alert("HighErrorRate", year=2032)])
    assert [page.page_id for page in session.state().pages] == ["p1", "p2"]
    assert not session.state().is_proven


def test_a_warning_is_recorded_and_pages_nobody(session: Session) -> None:
    assert take_alerts(session, [alert("ReconciliationStale", "warning")]) is False
    assert recorded(session) == ["alert.fired"]


def test_another_alert_is_another_page_but_not_the_first(session: Session) -> None:
    take_alerts(session, [alert("HighErrorRate")])
    assert take_alerts(session, [alert("HighLatency")]) is False
    assert [page.page_id for page in session.state().pages] == ["p1", "p2"]


def test_an_alert_that_resolves_is_recorded(session: Session) -> None:
    take_alerts(session, [alert("HighErrorRate")])
    take_alerts(session, [alert("HighErrorRate", resolved=True)])
    assert recorded(session)[-1] == "alert.resolved"
    assert not session.state().alerts


class Prometheus:
    """Lists what it is told to, or does not answer."""

    def __init__(self, *listed: Alert) -> None:
        self.listed: tuple[Alert, ...] | None = listed

    async def alerts(self) -> tuple[Alert, ...]:
        if self.listed is None:
            raise StackFailed("no answer", "is it running?")
        return self.listed


async def test_an_alert_that_ended_without_a_word_is_resolved_when_prometheus_has_it_no_more(
    session: Session,
) -> None:
    prometheus: Any = Prometheus(alert("HighErrorRate"))
    session.services.prometheus = prometheus
    take_alerts(session, [alert("HighErrorRate"), alert("HighLatency")])
    for _ in range(MISSING_MAX):
        await expire_alerts(session)
    assert recorded(session)[-1] == "alert.resolved"
    assert [one.name for one in session.run.alerts.firing()] == ["HighErrorRate"]


async def test_no_alert_ends_while_prometheus_does_not_answer(session: Session) -> None:
    prometheus: Any = Prometheus()
    prometheus.listed = None
    session.services.prometheus = prometheus
    take_alerts(session, [alert("HighErrorRate")])
    for _ in range(MISSING_MAX):
        with pytest.raises(StackFailed):
            await expire_alerts(session)
    assert [one.name for one in session.run.alerts.firing()] == ["HighErrorRate"]


def test_an_alert_that_could_not_be_recorded_pages_at_its_next_delivery(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise RecordFailed("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(session.services.record, "append", full)
        with pytest.raises(RecordFailed):
            take_alerts(session, [alert("HighErrorRate")])
    assert take_alerts(session, [alert("HighErrorRate")]) is True
    assert recorded(session) == ["alert.fired", "page.sent"]


def test_acknowledging_takes_all_open_pages(session: Session) -> None:
    take_alerts(session, [alert("HighErrorRate"), alert("HighLatency")])
    taken = acknowledge(session, None, "ada")
    assert [page.acknowledged_by for page in taken] == ["ada", "ada"]


def test_nothing_to_acknowledge_is_said(session: Session) -> None:
    with pytest.raises(UsageError, match="no page is open"):
        acknowledge(session, None, "ada")


def test_an_unknown_page_is_named_with_those_there_are(session: Session) -> None:
    take_alerts(session, [alert("HighErrorRate")])
    with pytest.raises(UnknownName, match="no page 'p7'"):
        acknowledge(session, "p7", "ada")


def test_who_acknowledged_first_stands(session: Session) -> None:
    take_alerts(session, [alert("HighErrorRate")])
    acknowledge(session, "p1", "ada")
    session.note(events.PageAcknowledged(page_id="p1", by="ben"), actor="ben")
    assert session.state().pages[0].acknowledged_by == "ada"
