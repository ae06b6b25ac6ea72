"""The events of an exercise itself: its clock, its people, and what the instructor does.

Times are seconds of the agenda unless the name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.events.event import Description, Event, Tone


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

    def describe(self) -> Description:
        return Description(
            "clock", f"agenda {self.agenda} begins at {self.speed:g} times real time", tone="quiet"
        )


@dataclass(frozen=True)
class ClockPaused(Event, type="clock.paused"):
    by: str
    reason: str = ""

    def describe(self) -> Description:
        reason = f": {self.reason}" if self.reason else ""
        return Description("clock", f"paused{reason}", tone="quiet", by=self.by)


@dataclass(frozen=True)
class ClockResumed(Event, type="clock.resumed"):
    by: str

    def describe(self) -> Description:
        return Description("clock", "resumed", tone="quiet", by=self.by)


@dataclass(frozen=True)
class ClockExtended(Event, type="clock.extended"):
    """A phase that is not over gets more time."""

    phase: str
    extra_s: float
    by: str

    def describe(self) -> Description:
        return Description(
            "clock", f"{self.phase}: {self.extra_s:.0f} s more", tone="quiet", by=self.by
        )


@dataclass(frozen=True)
class ClockSkipped(Event, type="clock.skipped"):
    """The rest of a phase is left out."""

    phase: str
    by: str

    def describe(self) -> Description:
        return Description("clock", f"{self.phase}: the rest is skipped", tone="quiet", by=self.by)


@dataclass(frozen=True)
class PhaseChanged(Event, type="phase.changed"):
    """Announces what the clock says already."""

    phase: str
    title: str

    def describe(self) -> Description:
        return Description("phase", self.title)


@dataclass(frozen=True)
class RoleJoined(Event, type="role.joined"):
    person: str
    role: str
    is_agent: bool = False
    """Whether that is a program, which takes part beside people."""

    def describe(self) -> Description:
        return Description("joined", f"{self.person} takes the role {self.role}")


@dataclass(frozen=True)
class RoleLeft(Event, type="role.left"):
    person: str
    role: str

    def describe(self) -> Description:
        return Description("left", f"{self.person} gives up the role {self.role}")


@dataclass(frozen=True)
class InjectDelivered(Event, type="inject.delivered"):
    """`by` is `agenda`, or the instructor who threw it by hand."""

    inject_id: str
    kind: str
    sender: str
    text: str
    by: str

    def describe(self) -> Description:
        return Description("message", f"{self.sender}: {self.text}", tone="warn")


@dataclass(frozen=True)
class PersonMessaged(Event, type="person.messaged", audience="instructor"):
    """Told to one person. The rest of the team may not read it: to the record it is the
    instructor's, and whoever shows the record to that person adds it."""

    to: str
    sender: str
    text: str
    by: str

    def describe(self) -> Description:
        return Description("message", f"{self.sender}, to {self.to} alone: {self.text}", "warn")


@dataclass(frozen=True)
class HintTaken(Event, type="hint.taken"):
    number: int
    text: str
    cost_points: int
    by: str

    def describe(self) -> Description:
        return Description(
            "hint", f"{self.number} (-{self.cost_points} points): {self.text}", tone="warn"
        )


@dataclass(frozen=True)
class CauseConfirmed(Event, type="cause.confirmed"):
    """The instructor, or the answer key, on the declared diagnosis with number `diagnosis_seq`."""

    diagnosis_seq: int
    right: bool
    note: str
    by: str

    def describe(self) -> Description:
        verdict = "confirmed" if self.right else "not confirmed"
        note = f": {self.note}" if self.note else ""
        tone: Tone = "good" if self.right else "warn"
        return Description("cause", verdict + note, tone=tone, by=self.by)


@dataclass(frozen=True)
class LineJudged(Event, type="rubric.judged", audience="instructor"):
    line: str
    points: int
    note: str
    by: str

    def describe(self) -> Description:
        return Description("graded", f"{self.line}: {self.points} points", tone="quiet", by=self.by)


@dataclass(frozen=True)
class AnswerRevealed(Event, type="answer.revealed"):
    title: str
    service: str
    mechanism: str
    locus: str

    def describe(self) -> Description:
        return Description("answer", f"{self.title} ({self.service}, {self.mechanism})")
