"""The events of an exercise itself: its clock, its people, and what the instructor does.

Times are seconds of the agenda unless the name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.events.event import Event


@dataclass(frozen=True)
class PhaseChange:
    """What was done to a phase's end, and at which agenda time: `extra_ms` None cuts it short."""

    phase: str
    at_ms: int
    extra_ms: int | None


@dataclass(frozen=True)
class ClockStarted(Event, type="clock.started"):
    """Agenda time begins; it runs `speed` times as fast as the drill's.

    Where it goes on with a drill that died, it begins where that one's stood, with all that had
    been done to its phases. What the agenda says that the score depends on stands here: an agenda
    may be anybody's own file, and may change.
    """

    agenda: str
    speed: float
    from_drill: str = ""
    at_ms: int = 0
    changes: tuple[PhaseChange, ...] = ()
    trigger_phase: str = ""
    """The phase with which the incident begins; empty where the agenda names none."""
    cause_target_ms: int | None = None
    """Of agenda time, from the first page to the right cause."""


@dataclass(frozen=True)
class ClockPaused(Event, type="clock.paused"):
    by: str
    reason: str = ""


@dataclass(frozen=True)
class ClockResumed(Event, type="clock.resumed"):
    by: str


@dataclass(frozen=True)
class ClockExtended(Event, type="clock.extended"):
    """A phase that is not over gets more time."""

    phase: str
    extra_s: float
    by: str


@dataclass(frozen=True)
class ClockSkipped(Event, type="clock.skipped"):
    """The rest of a phase is left out."""

    phase: str
    by: str


@dataclass(frozen=True)
class PhaseChanged(Event, type="phase.changed"):
    """Announces what the clock says already."""

    phase: str
    title: str


@dataclass(frozen=True)
class RoleJoined(Event, type="role.joined"):
    person: str
    role: str


@dataclass(frozen=True)
class RoleLeft(Event, type="role.left"):
    person: str
    role: str


@dataclass(frozen=True)
class InjectDelivered(Event, type="inject.delivered"):
    """`by` is `agenda`, or the instructor who threw it by hand."""

    inject_id: str
    kind: str
    sender: str
    text: str
    by: str


@dataclass(frozen=True)
class HintTaken(Event, type="hint.taken"):
    number: int
    text: str
    cost_points: int
    by: str


@dataclass(frozen=True)
class CauseConfirmed(Event, type="cause.confirmed"):
    """The instructor, or the answer key, on the declared diagnosis with number `diagnosis_seq`."""

    diagnosis_seq: int
    right: bool
    note: str
    by: str


@dataclass(frozen=True)
class LineJudged(Event, type="rubric.judged", audience="instructor"):
    line: str
    points: int
    note: str
    by: str


@dataclass(frozen=True)
class AnswerRevealed(Event, type="answer.revealed"):
    title: str
    service: str
    mechanism: str
    locus: str
