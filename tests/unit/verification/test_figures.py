"""Ratios and percentiles that know when they know nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.verification.figures import percentile, ratio

VALUES = st.lists(st.floats(min_value=0, max_value=1e6), min_size=1, max_size=60)


def test_of_nothing_nothing_is_known() -> None:
    assert ratio([]) is None
    assert percentile([], 0.95) is None


def test_a_ratio_is_the_share_of_what_is_true() -> None:
    assert ratio([True, True, True, False]) == 0.75


@given(VALUES, st.floats(min_value=0, max_value=1))
def test_a_percentile_was_really_seen_and_covers_its_share(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    covered = sum(value <= found for value in values if found is not None)
    assert covered >= share * len(values) - 1e-9


def test_the_95th_of_a_hundred_is_the_95th_smallest() -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], 0.95) == 95.0
