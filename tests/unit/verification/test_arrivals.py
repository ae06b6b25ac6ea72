"""Requests set out at the rate that was asked for."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from harness.verification.arrivals import arrival_times


@given(st.floats(0, 50), st.floats(0.1, 30), st.integers())
def test_the_count_is_exact_and_the_times_are_ordered_and_inside(
    per_s: float, duration_s: float, seed: int
) -> None:
    times = arrival_times(per_s, duration_s, Random(seed))
    assert len(times) == round(per_s * duration_s)
    assert times == sorted(times)
    assert all(0 <= time <= duration_s for time in times)


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert arrival_times(3, 10, Random(7)) == arrival_times(3, 10, Random(7))
    assert arrival_times(3, 10, Random(7)) != arrival_times(3, 10, Random(8))
