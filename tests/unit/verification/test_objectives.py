"""Objectives hold or do not; what is unknown does not hold."""

from __future__ import annotations

import pytest

from harness.measures import DEFAULT_OBJECTIVES, MEASURE_NAMES
from harness.model import Objective
from harness.verification.objectives import judge, margins, nearest_bound


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


def test_the_nearest_bound_is_the_one_with_the_least_room_left() -> None:
    asked = [
        Objective("share", at_least=0.98),
        Objective("wait_ms", at_most=1000),
        Objective("exact", at_least=1.0),
        Objective("missed", at_most=10),
    ]
    measures = {"share": 1.0, "wait_ms": 940.0, "exact": 1.0, "missed": 11.0, "unasked": 3.0}
    assert nearest_bound(measures, asked) == "wait_ms 940, ≤ 1000"
    assert nearest_bound(measures | {"share": 0.9805}, asked) == "share 0.9805, ≥ 0.98"
    assert nearest_bound({"exact": 1.0, "missed": 11.0}, asked) is None


def test_each_margin_is_a_share_of_the_room_and_what_is_missed_comes_first() -> None:
    asked = [
        Objective("share", at_least=0.9),
        Objective("wait_ms", at_most=1000),
        Objective("lost", at_most=0),
        Objective("unknown", at_most=5),
    ]
    found = margins({"share": 0.95, "wait_ms": 1500.0, "lost": 0.0}, asked)
    assert [(one.objective, one.holds) for one in found] == [
        ("wait_ms", False),
        ("unknown", False),
        ("share", True),
        ("lost", True),
    ]
    room = {one.objective: one.margin for one in found}
    assert room["share"] == pytest.approx(0.5)
    assert room["wait_ms"] == pytest.approx(-0.5)
    assert room["lost"] is None
    assert room["unknown"] is None
