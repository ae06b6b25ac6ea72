"""When requests set out: open loop, so that a slow shop is not spared by waiting for it."""

from __future__ import annotations

from random import Random


def arrival_times(per_s: float, duration_s: float, random: Random) -> list[float]:
    """Offsets in seconds from the start, in order: `per_s * duration_s` of them, rounded.

    Evenly spaced with a jitter of half a step either way, so that the count is exact and journeys
    of the same rate do not march in lockstep.
    """
    count = round(per_s * duration_s)
    if count <= 0:
        return []
    step_s = duration_s / count
    return [(index + random.random()) * step_s for index in range(count)]
