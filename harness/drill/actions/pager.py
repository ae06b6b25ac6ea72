"""From alerts to pages: what fired, who was called, who answered."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime

from harness.drill.actions.silencing import follow, silences
from harness.drill.lifecycle.unseen import note_later
from harness.drill.session import Session
from harness.errors import UnknownName, UsageError
from harness.model import Alert
from harness.record import events
from harness.record.state import Page
from harness.telemetry.alerts import Transition
from harness.telemetry.inhibition import inhibitors


def take_alerts(session: Session, incoming: Sequence[Alert]) -> bool:
    """Feed what the alerting system sent; record transitions; page for critical ones.

    Before anything of the drill has happened nobody is paged: the baseline is taken again then.
    Returns True where this brought the drill's first page. Where the record cannot be written
    nothing is taken, so that the next delivery of the same alerts brings them again.
    """
    had_pages = bool(session.state().pages)
    book = deepcopy(session.run.alerts)
    for change in book.feed(incoming, datetime.now(UTC)):
        _note(session, change)
        if not change.resolved and not session.has_begun:
            _dismiss(session, change.alert)
    session.run.alerts = book
    page_for_what_fires(session)
    return not had_pages and bool(session.state().pages)


def page_for_what_fires(session: Session) -> None:
    """Page for critical alerts that fire and are neither silenced nor inhibited: also where that
    has ended. Not before anything of the drill has happened."""
    if not session.has_begun:
        return
    muting = silences(session.story())
    now, firing = datetime.now(UTC), session.run.alerts.firing()
    for alert in firing:
        is_silenced = any(one.mutes(alert.labels, now) for one in muting)
        if alert.severity == "critical" and not is_silenced and not inhibitors(alert, firing):
            _page(session, alert)


async def follow_alertmanager(session: Session) -> bool:
    """Take what is silenced at an Alertmanager, and what fires and it holds back: that it fires is
    known all the same, and a verification waits for its end.

    Then page for what a silence held back that has ended. Returns what `take_alerts` does. Raises
    StackFailed where Alertmanager does not answer.
    """
    await follow(session)
    silencers = session.services.silencers
    is_there = silencers is not None and not session.run.own_pager.is_set()
    return take_alerts(session, await silencers.held_back() if silencers and is_there else ())


async def expire_alerts(session: Session) -> None:
    """Resolve what the alerting system has stopped sending, or has ended without a word.

    Raises DrillError where Prometheus cannot be asked; nothing is taken for ended then.
    """
    for change in session.run.alerts.expire(datetime.now(UTC)):
        _note(session, change)
    if session.run.alerts.endless():
        listed = {alert.fingerprint for alert in await session.services.prometheus.alerts()}
        for change in session.run.alerts.look(listed):
            _note(session, change)


def _note(session: Session, change: Transition) -> None:
    alert = change.alert
    kind = events.AlertResolved if change.resolved else events.AlertFired
    session.note(
        kind(
            fingerprint=alert.fingerprint,
            name=alert.name,
            severity=alert.severity,
            summary=alert.summary,
            service=alert.labels.get("service", ""),
        ),
        actor="alerting",
    )


def _dismiss(session: Session, alert: Alert) -> None:
    session.run.alarms.append(alert.name)
    if alert.severity == "critical":
        note_later(session, events.FalseAlarm(alert.name, alert.summary))


def _page(session: Session, alert: Alert) -> None:
    """Page once for each alert name: what is being worked on does not ring again. What was proven
    to be over, and is not, does."""
    state = session.state()
    known = state.pages
    if any(page.alert == alert.name for page in known) and not state.is_proven:
        return
    session.note(
        events.PageSent(
            page_id=f"p{len(known) + 1}",
            alert=alert.name,
            severity=alert.severity,
            summary=alert.summary,
        ),
        actor="pager",
    )


def acknowledge(session: Session, page_id: str | None, by: str) -> list[Page]:
    """Acknowledge one page, or all that are open; returns those acknowledged now."""
    known = session.state().pages
    if page_id is not None and page_id not in {page.page_id for page in known}:
        raise UnknownName("page", page_id, [page.page_id for page in known] or ["none so far"])
    waiting = [
        page for page in known if page.acknowledged_by is None and page_id in (None, page.page_id)
    ]
    if not waiting:
        raise UsageError("no page is open", "list all pages: drill page")
    for page in waiting:
        session.note(events.PageAcknowledged(page_id=page.page_id, by=by), actor=by)
    taken = {page.page_id for page in waiting}
    return [page for page in session.state().pages if page.page_id in taken]
