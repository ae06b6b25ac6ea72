"""Since when a series is at another level."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.responder.changes import change, rise
from harness.responder.observations import Series


def series(values: Sequence[float]) -> Series:
    return Series({}, tuple((100.0 + place, value) for place, value in enumerate(values)))


@given(st.integers(3, 40), st.integers(4, 40), st.floats(1, 100), st.floats(2, 50))
def test_the_onset_of_a_clean_step_is_found_exactly(
    before: int, after: int, level: float, factor: float
) -> None:
    found = rise(series([level] * before + [level * factor] * after), factor=1.5, at_least=0.5)
    assert found is not None
    assert found.onset == 100.0 + before
    assert found.before == pytest.approx(level)
    assert found.now == pytest.approx(level * factor)


@given(st.lists(st.floats(0.9, 1.1), min_size=6, max_size=80))
def test_noise_around_a_level_is_no_rise(values: list[float]) -> None:
    assert rise(series(values), factor=2.0, at_least=0.1) is None


def test_a_step_that_is_over_is_no_rise() -> None:
    assert rise(series([0.0] * 20 + [1.0] * 10 + [0.0] * 20), factor=2, at_least=0.1) is None


def test_a_fall_is_no_rise() -> None:
    assert rise(series([1.0] * 20 + [0.0] * 20), factor=2, at_least=0.1) is None


def test_too_few_points_tell_nothing() -> None:
    assert change(series([0, 0, 0, 9, 9])) is None
