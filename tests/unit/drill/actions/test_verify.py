"""What a verification tells is the same in every drill, unless what it tells is that one fails."""

from __future__ import annotations

import pytest

from harness.drill.actions.verify import judged, objectives
from harness.drill.session import Session
from harness.measures import DEFAULT_OBJECTIVES, MEASURE_NAMES
from harness.model import Objective
from harness.verification.objectives import judge

HEALTHY = {one.measure: one.at_least or (one.at_most or 0) / 10 for one in DEFAULT_OBJECTIVES}
TIGHTER = Objective("longest_wait_ms", at_most=4900.0)
ASKED = [TIGHTER if one.measure == TIGHTER.measure else one for one in DEFAULT_OBJECTIVES]
USUAL, TIGHT = "≤ 9000", "≤ 4900"


@pytest.mark.parametrize(
    ("longest_wait_ms", "holds", "bound"),
    [
        (900, True, "≤ 9000"),
        (6000, False, "≤ 4900"),
        (9500, False, "≤ 9000"),
        (None, False, "≤ 9000"),
    ],
)
def test_a_tighter_bound_is_told_only_where_it_is_the_one_that_fails(
    longest_wait_ms: float | None, holds: bool, bound: str
) -> None:
    measures = {**HEALTHY, "longest_wait_ms": longest_wait_ms}
    (told,) = (one for one in judged(measures, ASKED) if one.measure == TIGHTER.measure)
    assert (told.value, told.holds, told.bound) == (longest_wait_ms, holds, bound)


def test_a_healthy_shop_is_told_the_same_in_every_drill() -> None:
    assert judged(HEALTHY, ASKED) == judged(HEALTHY, DEFAULT_OBJECTIVES)
    assert list(judge(HEALTHY, ASKED)) != list(judge(HEALTHY, DEFAULT_OBJECTIVES)), "the control"


def test_every_drill_lists_the_same_measures_in_the_same_order(trouble: Session) -> None:
    assert [one.measure for one in objectives(trouble.spec)] == list(MEASURE_NAMES)
