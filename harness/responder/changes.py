"""Since when: the change point of one series.

A series that stepped up once has one moment that splits it best: the two halves then vary least
around their own means. Whether the step is worth talking about is for the caller to say, who
knows what the series counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean

from harness.responder.observations import Series

POINTS_MIN = 6
NOW_POINTS = 4
"""How many of the last points make up what a series is now."""


@dataclass(frozen=True)
class Change:
    """A series at two levels; `onset` is the time of the first point at the second one."""

    onset: float
    before: float
    after: float
    now: float
    """The mean of the last few points: a step that is over is none any more."""


def change(series: Series) -> Change | None:
    """The split of the series that leaves the least variation; None for too few points."""
    values = [value for _, value in series.points]
    if len(values) < POINTS_MIN:
        return None
    place = _best_split(values)
    return Change(
        onset=series.points[place][0],
        before=fmean(values[:place]),
        after=fmean(values[place:]),
        now=fmean(values[-NOW_POINTS:]),
    )


def rise(series: Series, *, factor: float, at_least: float) -> Change | None:
    """The change, where the series stepped up and still is: `factor` times what it was before,
    and by `at_least`. None otherwise."""
    found = change(series)
    if found is None:
        return None
    threshold = max(found.before * factor, found.before + at_least)
    return found if min(found.after, found.now) >= threshold else None


def _best_split(values: Sequence[float]) -> int:
    """The place of the second half's first value. Of n values with sum s, the squared distance
    from their mean is the sum of squares less s²/n; the squares are the same for every split."""
    sums = list(accumulate(values))
    count, whole = len(values), sums[-1]

    def explained(place: int) -> float:
        first = sums[place - 1]
        return first * first / place + (whole - first) ** 2 / (count - place)

    return max(range(1, count), key=explained)
