"""The five times of an incident. Each is defined here, once: its word, its zero, and its end.

Every other place that shows one takes it, with its label, from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.causes import Answer
from harness.exercise.views import proof_of_recovery, silent_from
from harness.record.events import (
    AnswerRevealed,
    DiagnosisDeclared,
    DrillTriggered,
    Event,
    PageAcknowledged,
    PageSent,
    SealOpened,
)
from harness.record.story import Noted, Story
from harness.scoring.answer import judge_answer

NO_DATA = "no data"
BELIEVED_PERCENT = 50
"""Of a diagnosis; whoever declares with less does not say that it is the cause."""
REVEALS = (AnswerRevealed, SealOpened)
"""Where nothing was wrong, nothing is revealed; the seal is opened all the same."""

Word = Literal["ttd", "tta", "tti", "ttm", "ttr"]


@dataclass(frozen=True)
class Definition:
    """What one of the times is called, and what it counts."""

    name: str
    does: str
    zero: Literal["fault", "page"]
    until: str

    @property
    def label(self) -> str:
        """`TTA (acknowledge), from the page`."""
        return f"{self.name} ({self.does}), from the {self.zero}"


TIMES: Mapping[Word, Definition] = {
    "ttd": Definition("TTD", "detect", "fault", "the first page"),
    "tta": Definition("TTA", "acknowledge", "page", "somebody has acknowledged a page"),
    "tti": Definition("TTI", "identify", "page", "every cause has been diagnosed rightly"),
    "ttm": Definition("TTM", "mitigate", "page", "no alert fires any more"),
    "ttr": Definition("TTR", "recover", "page", "a verification has passed, and none fails later"),
}
"""The fault is the moment that began it all, the page the first one after it: what the team does is
counted from when it could know."""


@dataclass(frozen=True)
class Duration:
    """Between two events: on the wall's clock, and on the agenda's, which may run faster and stands
    while it is paused."""

    wall_ms: int
    agenda_ms: int


@dataclass(frozen=True)
class Times:
    """None means no data, never zero."""

    ttd: Duration | None = None
    tta: Duration | None = None
    tti: Duration | None = None
    ttm: Duration | None = None
    ttr: Duration | None = None

    def of(self, word: Word) -> Duration | None:
        """One of them by its word."""
        found: Duration | None = getattr(self, word)
        return found


def times_of(story: Story, causes: Sequence[Answer] | None = None) -> Times:
    """The times of a drill. `causes` come from whoever knows the answer; without them TTI is None.

    TTD tells when the fault began, which names the release that did it: it is for those who may
    know the answer.
    """
    page, fault = story.first(PageSent), story.first(DrillTriggered)
    if page is None:
        return Times()
    since = [one for one in story.entries if one.seq >= page.seq]
    taken = next((one for one in since if isinstance(one.event, PageAcknowledged)), None)
    named = _identified(story, causes) if causes else None
    silent = silent_from(story.entries)
    return Times(
        ttd=_until(fault, page),
        tta=_until(page, taken),
        # A cause that somebody named before the page was known at once.
        tti=between(page, named) if named else None,
        ttm=_until(page, silent),
        ttr=_until(page, proof_of_recovery(since)),
    )


def between(begin: Noted[Event], end: Noted[Event]) -> Duration:
    """The time between two events; nothing, where the end came first."""
    return Duration(max(0, end.drill_ms - begin.drill_ms), max(0, end.team_ms - begin.team_ms))


def _until(begin: Noted[Event] | None, end: Noted[Event] | None) -> Duration | None:
    if begin is None or end is None or end.seq < begin.seq:
        return None
    return between(begin, end)


def found_causes(story: Story) -> list[Noted[DiagnosisDeclared]]:
    """The diagnoses that somebody believed in while nobody had told the answer, in order."""
    revealed = (one.seq for one in story.entries if isinstance(one.event, REVEALS))
    over, fault = min(revealed, default=story.seq + 1), story.first(DrillTriggered)
    begin = fault.seq if fault else 0
    return [
        one
        for one in story.of(DiagnosisDeclared)
        if begin < one.seq < over and one.event.confidence_percent >= BELIEVED_PERCENT
    ]


def _identified(story: Story, causes: Iterable[Answer]) -> Noted[DiagnosisDeclared] | None:
    """The diagnosis with which the last of the causes was named."""
    said = found_causes(story)
    found = [next((one for one in said if _names(one.event, cause)), None) for cause in causes]
    known = [one for one in found if one is not None]
    return max(known, key=lambda one: one.seq) if len(known) == len(found) else None


def _names(diagnosis: DiagnosisDeclared, cause: Answer) -> bool:
    return judge_answer(diagnosis.service, diagnosis.mechanism, cause).right


def clock(duration_ms: int | None) -> str:
    """`4.2 s`, `2 m 05 s`, `1 h 02 m`; no data for None."""
    if duration_ms is None:
        return NO_DATA
    seconds = duration_ms / 1000.0
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} m"


def duration_text(duration: Duration | None) -> str:
    """The wall's time; the agenda's beside it where it reads otherwise."""
    if duration is None:
        return NO_DATA
    wall, agenda = clock(duration.wall_ms), clock(duration.agenda_ms)
    return wall if wall == agenda else f"{wall} (agenda {agenda})"
