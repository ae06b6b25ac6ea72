"""TTI held against what the agenda asks for."""

from __future__ import annotations

from dataclasses import dataclass

from harness.exercise.views import has_ended
from harness.record.events import ClockStarted
from harness.scoring.case import Case
from harness.scoring.forecasts import revealed_from
from harness.scoring.times import Duration, times_of


@dataclass(frozen=True)
class CauseTime:
    """TTI with the agenda's target for it, which is agenda time."""

    took: Duration | None
    """None without the answer, too: that a diagnosis was right is part of it."""
    target_ms: int | None
    met: bool | None


UNKNOWN = CauseTime(None, None, None)


def cause_time(case: Case) -> CauseTime:
    """Whether the cause was found in time. Without the answer nobody knows."""
    started = case.story.first(ClockStarted)
    target_ms = started.event.cause_target_ms if started else None
    if case.key is None or case.zero is None:
        return CauseTime(None, target_ms, None)
    took = times_of(case.story, case.key.causes).tti
    if took is not None:
        return CauseTime(
            took, target_ms, None if target_ms is None else took.agenda_ms <= target_ms
        )
    waited_ms = case.since_zero_ms(case.story.entries[-1])
    is_over = revealed_from(case) <= case.story.seq or has_ended(case.story)
    is_missed = target_ms is not None and (is_over or waited_ms > target_ms)
    return CauseTime(None, target_ms, False if is_missed else None)
