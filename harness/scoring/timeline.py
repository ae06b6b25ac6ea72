"""The timeline of an exercise: what happened, in words, one line an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.exercise.story import Story
from harness.record import events as e
from harness.record import exercise_events as x
from harness.record import response_events as r
from harness.record.drill_events import FlagSwitched
from harness.record.envelope import to_iso


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
    page = story.first(e.PageSent)
    lines = []
    for one in story.entries:
        if one.event.audience == "all" and (describe := _WORDS.get(type(one.event))):
            since = None if page is None else (one.team_ms - page.team_ms) / 1000
            who = str(getattr(one.event, "by", "") or one.actor)
            what = describe(one.event)
            lines.append(TimelineEntry(one.seq, to_iso(one.wall_time), since, who, what))
    return tuple(lines)


def _leading(event: r.HypothesesRevised) -> str:
    shares = (f"{one.text} ({one.probability_percent}%)" for one in event.hypotheses)
    return f"hypotheses: {', '.join(shares)}"


def _deploy(event: e.DeployStarted) -> str:
    versions = "" if event.kind == "restart" else f" {event.version_from} → {event.version_to}"
    return f"{event.kind} of {event.service}{versions} begins: {event.summary}"


def _verified(event: e.VerifyFinished) -> str:
    missed = [result.measure for result in event.results if not result.holds]
    if event.passed:
        return "verification passed"
    return f"verification failed: {', '.join(missed)}" if missed else "verification failed"


_WORDS: dict[type[e.Event], Callable[[Any], str]] = {
    e.AlertFired: lambda v: f"alert {v.name} fired: {v.summary}",
    e.AlertResolved: lambda v: f"alert {v.name} resolved",
    e.PageSent: lambda v: f"page ({v.severity}): {v.summary}",
    e.PageAcknowledged: lambda _: "page acknowledged",
    e.NoteAdded: lambda v: f"note: {v.text}",
    e.DeployStarted: _deploy,
    e.DeploySucceeded: lambda v: f"{v.service} {v.version_to} serves",
    e.DeployFailed: lambda v: f"deploy of {v.service} {v.version_to} failed: {v.error}",
    e.DiagnosisDeclared: lambda v: (
        f"cause declared: {v.service}, {v.mechanism} ({v.confidence_percent}%)"
    ),
    e.VerifyFinished: _verified,
    FlagSwitched: lambda v: f"flag {v.name} of {v.service} {'on' if v.enabled else 'off'}",
    x.PhaseChanged: lambda v: f"phase: {v.title}",
    x.RoleJoined: lambda v: f"{v.person} takes the role {v.role}",
    x.RoleLeft: lambda v: f"{v.person} gives up the role {v.role}",
    x.InjectDelivered: lambda v: f"{v.sender}: {v.text}",
    x.HintTaken: lambda v: f"hint {v.number} taken (-{v.cost_points} points): {v.text}",
    x.CauseConfirmed: lambda v: f"declared cause {'confirmed' if v.right else 'not confirmed'}",
    r.IncidentDeclared: lambda v: (
        f"incident declared, {v.severity}: {v.summary} (systems: {', '.join(v.systems)})"
    ),
    r.TriageWritten: lambda v: f"triage: {v.priorities[0].text if v.priorities else 'written'}",
    r.HypothesesRevised: _leading,
    r.AlertMarked: lambda v: f"alert {v.alert} marked {v.mark}",
    r.ActionStated: lambda v: (
        f"about to {v.action} {v.target}: {v.expectation} ({v.probability_percent}%)"
    ),
    r.OutcomeMeasured: lambda v: f"outcome{'' if v.met else ', not as expected'}: {v.measured}",
    r.UpdatePosted: lambda v: (
        f"update to {v.readers} ({v.status}, {v.confidence_percent}%): {v.current_state}"
    ),
}
"""Type of event → its line."""
