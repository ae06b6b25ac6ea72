"""Injects fall due by time, phase, alert and silence; once, and never while the clock rests."""

from __future__ import annotations

from harness.exercise.injects import due_in_ms, due_injects
from harness.record.events import (
    AlertEvent,
    AlertFired,
    AlertResolved,
    ClockPaused,
    ClockSkipped,
    ClockStarted,
    InjectDelivered,
    PageSent,
)
from harness.record.story import Story
from tests.unit.exercise.tales import AGENDA, UPDATE, story_of

START = (0.0, ClockStarted("small", 1.0))


def due(story: Story, second: float) -> list[str]:
    return [one.id for one in due_injects(AGENDA, story, round(second * 1000))]


def had(inject_id: str) -> InjectDelivered:
    return InjectDelivered(inject_id, "message", "somebody", "text", "agenda")


def pool(fired: bool, service: str = "payments") -> AlertEvent:
    kind = AlertFired if fired else AlertResolved
    return kind(f"f-{service}", "DatabasePoolExhausted", "critical", "full", service)


def test_one_by_time_is_due_from_its_moment_until_it_was_delivered() -> None:
    assert due(story_of(START), 9.9) == []
    assert due(story_of(START), 10.0) == ["early"]
    assert due(story_of(START), 50.0) == ["early"]
    assert due(story_of(START, (11.0, had("early"))), 50.0) == []


def test_one_by_phase_is_due_only_while_the_phase_lasts() -> None:
    story = story_of(START, (1.0, had("early")))
    assert due(story, 64.9) == []
    assert due(story, 65.0) == ["in-fix"]
    assert due(story, 90.0) == []


def test_one_by_alert_waits_until_it_has_fired_long_enough_without_a_break() -> None:
    begun = [START, (1.0, had("early")), (5.0, pool(True))]
    assert due(story_of(*begun), 24.9) == []
    assert due(story_of(*begun), 25.0) == ["pool"]
    broken = [*begun, (15.0, pool(False)), (16.0, pool(True))]
    assert due(story_of(*broken), 30.0) == []
    assert due(story_of(*broken), 36.0) == ["pool"]


def test_an_alert_fires_on_while_any_service_has_it() -> None:
    story = story_of(
        START, (1.0, had("early")), (5.0, pool(True)), (8.0, pool(True, "orders")),
        (10.0, pool(False)),
    )  # fmt: skip
    assert due(story, 25.0) == ["pool"]
    silent = story_of(START, (1.0, had("early")), (5.0, pool(True)), (10.0, pool(False)))
    assert due(silent, 25.0) == []


def test_one_by_silence_counts_from_the_page_and_from_each_update() -> None:
    page = (5.0, PageSent("p1", "HighErrorRate", "critical", "errors"))
    start = [START, (1.0, had("early")), (2.0, had("in-fix"))]
    assert due(story_of(*start), 60.0) == []
    assert due(story_of(*start, page), 54.9) == []
    assert due(story_of(*start, page), 55.0) == ["silence"]
    assert due(story_of(*start, page, (50.0, UPDATE)), 60.0) == []
    assert due(story_of(*start, page, (30.0, UPDATE)), 80.0) == ["silence"]


def test_alerts_and_silence_are_counted_in_agenda_time() -> None:
    fast = story_of((0.0, ClockStarted("small", 10.0)), (0.1, had("early")), (0.5, pool(True)))
    assert due(fast, 2.4) == []
    assert due(fast, 2.5) == ["pool"]


def test_nothing_is_due_before_the_start_in_a_pause_or_after_the_end() -> None:
    assert due(Story(), 20.0) == []
    assert due(story_of(START, (5.0, ClockPaused("lee"))), 500.0) == []
    paused_late = story_of(START, (15.0, ClockPaused("lee")))
    assert due(paused_late, 500.0) == []
    assert due(story_of(START, (100.0, ClockSkipped("talk", "lee"))), 101.0) == []


def test_what_is_thrown_by_hand_is_never_due() -> None:
    assert "by-hand" not in due(story_of(START), 10_000.0)


def left(story: Story, second: float) -> dict[str, int | None]:
    now_ms = round(second * 1000)
    return {one.id: due_in_ms(AGENDA, one, story, now_ms) for one in AGENDA.injects}


def test_how_long_until_one_comes_is_told_once_the_clock_runs() -> None:
    assert left(story_of(START), 4.0)["early"] == 6000
    assert left(story_of(START), 50.0)["early"] == 0
    assert set(left(story_of(), 4.0).values()) == {None}, "negative control"
