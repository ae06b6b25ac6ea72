"""The timeline of an exercise: what happened, in words, one line an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.exercise.story import Story
from harness.record import events
from harness.record.envelope import to_iso
from harness.record.events import FlagSwitched


@dataclass(frozen=True)
class TimelineEntry:
    """One line. `since_page_s` is the team's time; negative before the page, None without one."""

    seq: int
    at: str
    """UTC."""
    since_page_s: float | None
    who: str
    what: str


def timeline(story: Story) -> tuple[TimelineEntry, ...]:
    """Every event that a reader of a postmortem wants to see, in the order of the record."""
    page = story.first(events.PageSent)
    lines = []
    for one in story.entries:
        if one.event.audience == "all" and (describe := _WORDS.get(type(one.event))):
            since = None if page is None else (one.team_ms - page.team_ms) / 1000
            who = str(getattr(one.event, "by", "") or one.actor)
            what = describe(one.event)
            lines.append(TimelineEntry(one.seq, to_iso(one.wall_time), since, who, what))
    return tuple(lines)


def _leading(event: events.HypothesesRevised) -> str:
    shares = (f"{one.text} ({one.probability_percent}%)" for one in event.hypotheses)
    return f"hypotheses: {', '.join(shares)}"


def _deploy(event: events.DeployStarted) -> str:
    versions = "" if event.kind == "restart" else f" {event.version_from} → {event.version_to}"
    return f"{event.kind} of {event.service}{versions} begins: {event.summary}"


def _verified(event: events.VerifyFinished) -> str:
    missed = [result.measure for result in event.results if not result.holds]
    if event.passed:
        return "verification passed"
    return f"verification failed: {', '.join(missed)}" if missed else "verification failed"


_WORDS: dict[type[events.Event], Callable[[Any], str]] = {
    events.AlertFired: lambda v: f"alert {v.name} fired: {v.summary}",
    events.AlertResolved: lambda v: f"alert {v.name} resolved",
    events.PageSent: lambda v: f"page ({v.severity}): {v.summary}",
    events.PageAcknowledged: lambda _: "page acknowledged",
    events.NoteAdded: lambda v: f"note: {v.text}",
    events.DeployStarted: _deploy,
    events.DeploySucceeded: lambda v: f"{v.service} {v.version_to} serves",
    events.DeployFailed: lambda v: f"deploy of {v.service} {v.version_to} failed: {v.error}",
    events.DiagnosisDeclared: lambda v: (
        f"cause declared: {v.service}, {v.mechanism} ({v.confidence_percent}%)"
    ),
    events.VerifyFinished: _verified,
    FlagSwitched: lambda v: f"flag {v.name} of {v.service} {'on' if v.enabled else 'off'}",
    events.PhaseChanged: lambda v: f"phase: {v.title}",
    events.RoleJoined: lambda v: f"{v.person} takes the role {v.role}",
    events.RoleLeft: lambda v: f"{v.person} gives up the role {v.role}",
    events.InjectDelivered: lambda v: f"{v.sender}: {v.text}",
    events.HintTaken: lambda v: f"hint {v.number} taken (-{v.cost_points} points): {v.text}",
    events.CauseConfirmed: lambda v: (
        f"declared cause {'confirmed' if v.right else 'not confirmed'}"
    ),
    events.IncidentDeclared: lambda v: (
        f"incident declared, {v.severity}: {v.summary} (systems: {', '.join(v.systems)})"
    ),
    events.TriageWritten: lambda v: (
        f"triage: {v.priorities[0].text if v.priorities else 'written'}"
    ),
    events.HypothesesRevised: _leading,
    events.AlertMarked: lambda v: f"alert {v.alert} marked {v.mark}",
    events.ActionStated: lambda v: (
        f"about to {v.action} {v.target}: {v.expectation} ({v.probability_percent}%)"
    ),
    events.OutcomeMeasured: lambda v: (
        f"outcome{'' if v.met else ', not as expected'}: {v.measured}"
    ),
    events.UpdatePosted: lambda v: (
        f"update to {v.readers} ({v.status}, {v.confidence_percent}%): {v.current_state}"
    ),
}
"""Type of event → its line."""
