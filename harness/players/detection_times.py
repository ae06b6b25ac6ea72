"""When the alerts of a fault are due, and when they came."""

from __future__ import annotations

from collections.abc import Iterable

from harness.drill.session import Session
from harness.model import Fault
from harness.record import events
from harness.record.envelope import Envelope

ROLLOUT_S = 1.5
"""What it takes to roll a release out where detection times are promised: as a process. Containers
take longer, and what they do is not the alert's to answer for."""


def calls(session: Session) -> int:
    """How often somebody was paged, or would have been but that nothing had happened yet."""
    story = session.story()
    return len(story.of(events.PageSent)) + len(story.of(events.FalseAlarm))


def fired_after(envelopes: Iterable[Envelope], service: str | None = None) -> dict[str, float]:
    """Alert → seconds until it first fired, from when `service` was broken (None: anything)."""
    began_ms: int | None = None
    found: dict[str, float] = {}
    for envelope in envelopes:
        event, now_ms = envelope.event, envelope.drill_time_ms
        if isinstance(event, events.DrillTriggered) and service in (None, event.service):
            began_ms = now_ms if began_ms is None else began_ms
        elif isinstance(event, events.AlertFired) and began_ms is not None:
            found.setdefault(event.name, (now_ms - began_ms) / 1000)
    return found


def grace_s(session: Session, fault: Fault) -> float:
    """What the alerts of `fault` get beyond the seconds that it promises: for a rollout that took
    long, and for as long as something unrelated hides what it does to the shop."""
    hidden_s = sum(one.for_s for one in session.spec.scenario.blips)
    return hidden_s + max(0.0, rollout_s(session.services.record.events(), fault) - ROLLOUT_S)


def rollout_s(envelopes: Iterable[Envelope], fault: Fault) -> float:
    """How long the first rollout of a fault's release took, where that is what sets it off."""
    triggered_ms: int | None = None
    for envelope in envelopes:
        event = envelope.event
        if isinstance(event, events.DrillTriggered) and event.service == fault.service:
            triggered_ms = envelope.drill_time_ms
        elif isinstance(event, events.DeploySucceeded) and triggered_ms is not None:
            if fault.release and event.version_to == fault.release.version_to:
                return (envelope.drill_time_ms - triggered_ms) / 1000
            return 0.0
    return 0.0
