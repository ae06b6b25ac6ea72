"""Each type of event says what to show of it, once for terminal, console and postmortem."""

from __future__ import annotations

import pytest

from harness.record import events
from harness.record.events import EVENT_TYPES, Description, Event, UnknownEvent

MEASUREMENTS = {
    *(events.StackReady, events.ImpactSampled, events.EngagementSampled),
    events.NothingUnseen,
}
"""Deliberately not described: they are shown as charts and figures, or say nothing."""

ROLLBACK = events.DeployStarted(
    "dep-1", "payments", "2.4.2", "2.4.1", "c0ffee", "rollback", "kim", "back"
)


@pytest.mark.parametrize("kind", EVENT_TYPES.values(), ids=lambda kind: kind.type)
def test_each_type_is_described_or_is_a_measurement(kind: type[Event]) -> None:
    assert ("describe" in vars(kind)) != (kind in MEASUREMENTS)


def test_a_type_that_nobody_described_is_noticed() -> None:
    class Forgotten(Event):
        """Without `type`, so that it never enters the table."""

    assert "describe" not in vars(Forgotten)
    assert Forgotten().describe() is None


@pytest.mark.parametrize(
    ("event", "described"),
    [
        (
            ROLLBACK,
            Description("rollback", "payments 2.4.2 → 2.4.1: back", by="kim"),
        ),
        (
            events.AlertFired("f", "HighErrorRate", "critical", "66% fail", "gateway"),
            Description("alert", "HighErrorRate (critical): 66% fail", tone="bad"),
        ),
        (
            events.VerifyFinished(
                False, (events.VerifyResult("errors", 0.5, 0.6, 0.0, "at most 0.02", False),)
            ),
            Description("not verified", "not recovered yet: errors", tone="warn"),
        ),
        (
            events.VerifyFinished(
                False,
                (
                    events.VerifyResult("errors", 0.5, 0.6, 0.0, "at most 0.02", False),
                    events.VerifyResult("p95_s", None, None, 0.1, "at most 1", False),
                ),
            ),
            Description("not verified", "not recovered yet: errors; no data: p95_s", tone="warn"),
        ),
        (
            events.LearningStored("process_lesson", {"lesson": ("one", "two")}, "kim"),
            Description("lesson", "process lesson: one; two", tone="quiet", by="kim"),
        ),
        (
            UnknownEvent("tea.made", {"cups": 3, "by": "", "kinds": ["green"]}),
            Description("tea.made", "cups: 3", tone="quiet"),
        ),
    ],
)
def test_the_words_say_what_happened(event: Event, described: Description) -> None:
    assert event.describe() == described


def test_the_sentence_says_by_whom_where_the_text_does_not() -> None:
    assert Description("flag", "ranking of feed off", by="kim").sentence.endswith("off by kim")
    assert Description("joined", "Ada takes the role bridge").sentence.endswith("bridge")
