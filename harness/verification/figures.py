"""Small statistics that say None where nothing is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def ratio(good: Iterable[bool]) -> float | None:
    """Share of true values, 0 to 1; None of nothing."""
    values = list(good)
    return sum(values) / len(values) if values else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` (0 to 1) of `values` do not exceed; None of nothing.

    This is the nearest-rank percentile: always a value that was really seen.
    """
    if not values:
        return None
    rank = max(1, math.ceil(share * len(values)))
    return sorted(values)[rank - 1]
