"""Whether AI may be used now, and why: people find the cause, AI helps to fix it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.exercise.agenda import Agenda
from harness.exercise.clock import read
from harness.record.events import CauseConfirmed, DiagnosisDeclared
from harness.record.story import Noted, Story

EVIDENCE_MIN = 2
"""Links to telemetry or history. A confirmed cause with fewer was a lucky guess."""

IsRight = Callable[[str, str], bool]
"""Whether a declared (service, mechanism) is the cause."""


@dataclass(frozen=True)
class Gate:
    """The state of the gate; `reason` is fit to be shown to participants."""

    is_open: bool
    reason: str
    cause: Noted[DiagnosisDeclared] | None = None
    """The confirmed cause, where there is one and the gate is open: whether a diagnosis is right
    is nothing that a closed gate may tell."""


def ai_gate(agenda: Agenda, story: Story, drill_ms: int, is_right: IsRight | None = None) -> Gate:
    """The gate at a drill time. `is_right` is the answer key; without it only the instructor's
    word opens the gate in a phase that asks for a confirmed cause."""
    reading = read(agenda, story.clock, drill_ms)
    if not reading.is_running:
        return Gate(False, "the exercise has not begun")
    if reading.is_over:
        return Gate(False, "the exercise is over")
    if reading.is_paused:
        return Gate(False, "the exercise is paused")
    title = reading.phase.title
    if reading.ai == "closed":
        return Gate(False, f"the phase '{title}' is for people only")
    cause = confirmed_cause(story, is_right)
    if reading.ai == "open":
        return Gate(True, f"AI may be used in the phase '{title}'", cause)
    if cause is None:
        reason = f"it opens once a diagnosis with {EVIDENCE_MIN} links to evidence is confirmed"
        return Gate(False, reason)
    return Gate(True, "the cause is confirmed: AI may help to fix it", cause)


def confirmed_cause(
    story: Story, is_right: IsRight | None = None, *, evidence_min: int = EVIDENCE_MIN
) -> Noted[DiagnosisDeclared] | None:
    """The newest declared cause that has evidence enough and is confirmed.

    The instructor's word on a diagnosis, the newest one, stands above the answer key's.
    """
    words = {one.event.diagnosis_seq: one.event.right for one in story.of(CauseConfirmed)}
    for one in reversed(story.of(DiagnosisDeclared)):
        declared = one.event
        by_key = is_right is not None and is_right(declared.service, declared.mechanism)
        enough = links_to_evidence(declared) >= evidence_min
        if enough and words.get(one.seq, by_key):
            return one
    return None


def links_to_evidence(declared: DiagnosisDeclared) -> int:
    """How many different links it stands on that lead somewhere. Words alone open nothing."""
    return len(set(declared.links))
