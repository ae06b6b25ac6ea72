"""How long the team took to the cause, held against what its agenda asks for."""

from __future__ import annotations

from dataclasses import dataclass

from harness.exercise.views import has_ended
from harness.record.events import ClockStarted, PageSent
from harness.scoring.answer import judge_answer
from harness.scoring.case import Case
from harness.scoring.forecasts import found_causes, revealed_from


@dataclass(frozen=True)
class CauseTime:
    """Team time from the first page until every cause had been diagnosed rightly, as an agenda
    counts; the KPI of that name counts drill time from the trigger."""

    took_ms: int | None
    """None without the answer, too: that a diagnosis was right is part of it."""
    target_ms: int | None
    met: bool | None


UNKNOWN = CauseTime(None, None, None)


def cause_time(case: Case) -> CauseTime:
    """The time to the cause by the answer key: the reveal ends the search, and what was declared
    without belief was not found."""
    started = case.story.first(ClockStarted)
    target_ms = started.event.cause_target_ms if started else None
    page = case.story.first(PageSent)
    if case.key is None or page is None:
        return CauseTime(None, target_ms, None)
    found = found_causes(case)
    moments = [
        next(
            (
                one.team_ms
                for one in found
                if judge_answer(one.event.service, one.event.mechanism, cause).right
            ),
            None,
        )
        for cause in case.key.causes
    ]
    known = [at_ms for at_ms in moments if at_ms is not None]
    if len(known) == len(moments):
        took_ms = max(0, max(known) - page.team_ms)
        return CauseTime(took_ms, target_ms, None if target_ms is None else took_ms <= target_ms)
    waited_ms = case.story.entries[-1].team_ms - page.team_ms
    is_over = revealed_from(case) <= case.story.seq or has_ended(case.story)
    is_missed = target_ms is not None and (is_over or waited_ms > target_ms)
    return CauseTime(None, target_ms, False if is_missed else None)
