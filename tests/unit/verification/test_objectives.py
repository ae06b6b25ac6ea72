"""Objectives hold or do not; what is unknown does not hold."""

from __future__ import annotations

from harness.measures import DEFAULT_OBJECTIVES, MEASURE_NAMES
from harness.model import Objective
from harness.verification.objectives import judge


def test_no_measure_has_two_bounds_that_every_drill_is_held_to() -> None:
    assert len(set(MEASURE_NAMES)) == len(MEASURE_NAMES) == len(DEFAULT_OBJECTIVES)


def test_bounds_are_inclusive_and_written_out() -> None:
    low, high, both = judge(
        {"a": 0.98, "b": 2500.0, "c": 4.0},
        [
            Objective("a", at_least=0.98),
            Objective("b", at_most=2500),
            Objective("c", at_least=3, at_most=5),
        ],
    )
    assert low.holds
    assert high.holds
    assert both.holds
    assert [low.bound, high.bound, both.bound] == ["≥ 0.98", "≤ 2500", "3 to 5"]


def test_a_value_beyond_its_bound_does_not_hold() -> None:
    (result,) = judge({"a": 0.9799}, [Objective("a", at_least=0.98)])
    assert not result.holds


def test_an_unknown_value_never_holds() -> None:
    for measures in ({"a": None}, {}, {"a": float("nan")}):
        (result,) = judge(measures, [Objective("a", at_most=1e9)])
        assert not result.holds


def test_a_run_of_a_dead_shop_holds_nothing() -> None:
    assert not any(result.holds for result in judge({}, DEFAULT_OBJECTIVES))
