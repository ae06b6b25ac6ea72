"""What home feeds were worth, from the record alone."""

from __future__ import annotations

from harness.record.events import EngagementSampled, NoteAdded
from harness.record.story import Story
from harness.scoring.engagement import Engaged, engagement_of
from tests.unit.exercise.tales import story_of

sampled = EngagementSampled


def test_the_newest_sample_counts_best_content_first() -> None:
    early = sampled({"personalised": 2}, {"personalised": 2}, {})
    late = sampled(
        {"failing": 100, "personalised": 200, "default": 0},
        {"failing": 15, "personalised": 160},
        {"failing": 34, "personalised": 36},
    )
    assert engagement_of(story_of((1, early), (2, NoteAdded("hm", "Ada")), (3, late))) == (
        Engaged("personalised", 200, 0.8, 0.9),
        Engaged("failing", 100, 0.15, 0.4),
    )


def test_where_nobody_left_nobody_can_come_back() -> None:
    [one] = engagement_of(story_of((1, sampled({"cached": 3}, {"cached": 3}, {}))))
    assert one.returning_share is None
    assert one.line() == "3 shown; 100% went on, no data of the others come back"


def test_a_drill_without_home_feeds_has_none() -> None:
    assert engagement_of(Story()) == ()
    assert engagement_of(story_of((1, sampled({"personalised": 0}, {}, {})))) == ()
