"""The cadence of communication: a first word within five minutes, then at least every twenty."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from harness.record.events import Event
from harness.record.story import Noted
from harness.scoring.case import Case

FIRST_WITHIN_MS = 5 * 60_000
EVERY_MS = 20 * 60_000


@dataclass(frozen=True)
class Cadence:
    """Times in team milliseconds; None means no data."""

    updates: int
    first_ms: int | None
    """From the start of the incident to the first update."""
    longest_gap_ms: int | None
    """Between updates, up to recovery (or until now) after the last."""
    first_in_time: bool | None
    gaps_in_time: bool | None
    seqs: tuple[int, ...]


def cadence(case: Case) -> Cadence:
    """The cadence from the start of the incident to its recovery, or until now."""
    if case.start is None:
        return Cadence(0, None, None, None, None, ())
    end: Noted[Event] = case.recovery or case.story.entries[-1]
    until_ms = case.since_start_ms(end)
    updates = [one for one in case.updates if one.seq <= end.seq]
    seqs = tuple(one.seq for one in updates)
    if not updates:
        # What nobody waited for long enough is neither in time nor late.
        is_late = until_ms > FIRST_WITHIN_MS
        return Cadence(0, None, None, False if is_late else None, None, seqs)
    moments = [case.since_start_ms(one) for one in updates]
    gap = max(after - before for before, after in pairwise([*moments, max(until_ms, moments[-1])]))
    return Cadence(
        updates=len(updates),
        first_ms=moments[0],
        longest_gap_ms=gap,
        first_in_time=moments[0] <= FIRST_WITHIN_MS,
        gaps_in_time=gap <= EVERY_MS,
        seqs=seqs,
    )
