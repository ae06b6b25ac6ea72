"""What home feeds were worth, from the record alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.scoring.engagement import Engaged, fold_engagement


@dataclass(frozen=True)
class Told:
    type: str
    payload: dict[str, Any] = field(default_factory=dict)
    drill_time_ms: int = 0


def sampled(views: dict[str, int], continued: dict[str, int], returning: dict[str, int]) -> Told:
    payload = {"views": views, "continued": continued, "returning": returning}
    return Told("engagement.sampled", payload)


def test_the_newest_sample_counts_best_content_first() -> None:
    early = sampled({"personalised": 2}, {"personalised": 2}, {})
    late = sampled(
        {"failing": 100, "personalised": 200, "default": 0},
        {"failing": 15, "personalised": 160},
        {"failing": 34, "personalised": 36},
    )
    assert fold_engagement([early, Told("note.added"), late]) == (
        Engaged("personalised", 200, 0.8, 0.9),
        Engaged("failing", 100, 0.15, 0.4),
    )


def test_where_nobody_left_nobody_can_come_back() -> None:
    [one] = fold_engagement([sampled({"cached": 3}, {"cached": 3}, {})])
    assert one.returning_share is None
    assert one.line() == "3 shown; 100% went on, no data of the others come back"


def test_a_drill_without_home_feeds_has_none() -> None:
    assert fold_engagement([Told("page.sent")]) == ()
    assert fold_engagement([sampled({"personalised": 0}, {}, {})]) == ()
