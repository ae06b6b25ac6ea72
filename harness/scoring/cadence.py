"""The cadence of communication: a first word within five minutes, then at least every twenty."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from harness.record.events import Event
from harness.record.story import Noted
from harness.scoring.case import Case
from harness.scoring.kpi import updates_of
from harness.scoring.times import Duration, between

FIRST_WITHIN_MS = 5 * 60_000
EVERY_MS = 20 * 60_000


@dataclass(frozen=True)
class Cadence:
    """None means no data. Limits are held on the agenda's clock."""

    updates: int
    """All of them, those after recovery, too."""
    first: Duration | None
    """From the page to the first update."""
    longest_gap: Duration | None
    """Between updates, and up to recovery (or until now) after the last, else the page."""
    first_in_time: bool | None
    gaps_in_time: bool | None
    seqs: tuple[int, ...]


def cadence(case: Case) -> Cadence:
    """The cadence from the start of the incident to its recovery, or until now."""
    if case.start is None:
        return Cadence(0, None, None, None, None, ())
    end: Noted[Event] = case.recovery or case.story.entries[-1]
    updates = [one for one in case.updates if one.seq <= end.seq]
    seqs, count = tuple(one.seq for one in updates), updates_of(case.story)
    if not updates:
        # What nobody waited for long enough is neither in time nor late.
        is_late = case.since_zero_ms(end) > FIRST_WITHIN_MS
        silence = case.since_zero(end)
        too_long = False if silence.agenda_ms > EVERY_MS else None
        return Cadence(count, None, silence, False if is_late else None, too_long, seqs)
    first = case.since_zero(updates[0])
    gaps = [between(before, after) for before, after in pairwise([*updates, end])]
    longest = max(gaps, key=lambda one: one.agenda_ms)
    return Cadence(
        updates=count,
        first=first,
        longest_gap=longest,
        first_in_time=first.agenda_ms <= FIRST_WITHIN_MS,
        gaps_in_time=longest.agenda_ms <= EVERY_MS,
        seqs=seqs,
    )
