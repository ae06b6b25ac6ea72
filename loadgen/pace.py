"""When the next request sets out."""

from __future__ import annotations

import random
from collections.abc import Callable

JITTER = 0.5
"""Share of the interval by which an arrival may come early or late."""
CATCH_UP_S = 1.0
"""Arrivals that are later than this are dropped: a stalled machine causes no burst."""


class Pace:
    """Evenly spread arrivals with jitter, at `rate_per_s()` as it is at each moment."""

    def __init__(
        self, rate_per_s: Callable[[], float], rng: random.Random, clock: Callable[[], float]
    ) -> None:
        self._rate_per_s = rate_per_s
        self._rng = rng
        self._clock = clock
        # Journeys of the same rate must not march in step.
        self._due_s = clock() + rng.random() / rate_per_s()

    def next_pause_s(self) -> float:
        """Seconds to wait from now until the next arrival, 0 when it is due."""
        now_s = self._clock()
        if self._due_s < now_s - CATCH_UP_S:
            self._due_s = now_s
        interval_s = 1 / self._rate_per_s()
        arrival_s = self._due_s + self._rng.uniform(-JITTER, JITTER) * interval_s
        self._due_s += interval_s
        return max(0.0, arrival_s - now_s)
