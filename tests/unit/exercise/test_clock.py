"""The clock: phases by agenda time, under pause, extension, skip, speed and restart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exercise.clock import Reading, read
from harness.record.events import (
    ClockExtended,
    ClockPaused,
    ClockResumed,
    ClockSkipped,
    ClockStarted,
    Event,
    NoteAdded,
)
from harness.record.story import Story
from tests.unit.exercise.tales import AGENDA, story_of

START = (5.0, ClockStarted("small", 1.0))


def at(story: Story, second: float) -> Reading:
    return read(AGENDA, story.clock, round(second * 1000))


def test_before_it_starts_the_clock_shows_the_first_phase_and_unlocks_nothing() -> None:
    reading = at(Story(), 100.0)
    assert (reading.is_running, reading.phase.id, reading.agenda_ms) == (False, "look", 0)
    assert reading.unlocked == frozenset()
    assert reading.ai == "closed"


@pytest.mark.parametrize(
    ("second", "phase", "remaining_ms"),
    [(5.0, "look", 60_000), (64.999, "look", 1), (65.0, "fix", 30_000), (95.0, "talk", None)],
)
def test_phases_follow_each_other_by_their_durations(
    second: float, phase: str, remaining_ms: int | None
) -> None:
    reading = at(story_of(START), second)
    assert (reading.phase.id, reading.remaining_ms) == (phase, remaining_ms)
    assert not reading.is_over


def test_each_phase_unlocks_its_artefacts_and_they_stay_unlocked() -> None:
    story = story_of(START)
    assert at(story, 6.0).unlocked == {"error-logs"}
    assert at(story, 70.0).unlocked == {"error-logs", "config-diff"}
    assert at(story, 700.0).unlocked == {"error-logs", "config-diff"}
    assert at(story, 700.0).begun_ms == (("look", 0), ("fix", 60_000), ("talk", 90_000))


def test_speed_compresses_the_agenda() -> None:
    story = story_of((5.0, ClockStarted("small", 10.0)))
    assert at(story, 10.9).phase.id == "look"
    assert at(story, 11.0).phase.id == "fix"
    assert at(story, 11.0).remaining_ms == 30_000


def test_a_pause_stops_the_clock_and_its_end_goes_on() -> None:
    paused = story_of(START, (15.0, ClockPaused("lee")))
    assert at(paused, 1_000.0).agenda_ms == 10_000
    assert at(paused, 1_000.0).is_paused
    resumed = story_of(START, (15.0, ClockPaused("lee")), (1_000.0, ClockResumed("lee")))
    assert at(resumed, 1_001.0).agenda_ms == 11_000


def test_pausing_twice_and_resuming_what_runs_change_nothing() -> None:
    story = story_of(
        START, (6.0, ClockResumed("lee")), (15.0, ClockPaused("lee")),
        (20.0, ClockPaused("lee")), (30.0, ClockResumed("lee")), (31.0, ClockResumed("lee")),
    )  # fmt: skip
    assert at(story, 35.0).agenda_ms == 15_000


def test_an_extension_moves_the_end_of_its_phase_and_all_after_it() -> None:
    story = story_of(START, (10.0, ClockExtended("look", 30.0, "lee")))
    assert at(story, 94.0).phase.id == "look"
    assert at(story, 95.0).phase.id == "fix"


def test_an_extension_of_a_phase_that_is_over_comes_too_late() -> None:
    story = story_of(START, (70.0, ClockExtended("look", 30.0, "lee")))
    assert at(story, 70.0).phase.id == "fix"


def test_a_skip_ends_the_phase_now() -> None:
    story = story_of(START, (15.0, ClockSkipped("look", "lee")))
    assert at(story, 15.0).phase.id == "fix"
    assert at(story, 45.0).phase.id == "talk"


def test_a_skip_of_a_phase_to_come_leaves_it_out() -> None:
    story = story_of(START, (15.0, ClockSkipped("fix", "lee")))
    assert at(story, 64.0).phase.id == "look"
    assert at(story, 65.0).phase.id == "talk"


def test_skipping_the_last_phase_ends_the_agenda() -> None:
    story = story_of(START, (200.0, ClockSkipped("talk", "lee")))
    assert at(story, 200.0).is_over
    assert at(story, 200.0).remaining_ms == 0
    assert at(story, 200.0).phase.id == "talk"


def test_a_second_start_changes_nothing() -> None:
    story = story_of(START, (15.0, ClockStarted("other", 9.0)))
    assert at(story, 25.0).agenda_ms == 20_000
    assert story.clock.agenda == "small"


@pytest.mark.parametrize("speed", [0.0, -3.0, float("nan"), float("inf"), 1e9])
def test_a_speed_that_makes_no_sense_is_taken_as_one(speed: float) -> None:
    assert at(story_of((5.0, ClockStarted("small", speed))), 15.0).agenda_ms == 10_000


def test_a_clock_that_is_taken_up_stands_where_it_stood_and_goes_on() -> None:
    died = story_of(
        START, (15.0, ClockSkipped("look", "lee")), (20.0, ClockExtended("fix", 60.0, "lee"))
    )
    stood = at(died, 25.0)
    again = ClockStarted("small", 1.0, "d-1", stood.agenda_ms, died.clock.changes)
    taken_up = story_of((100.0, again))
    assert at(taken_up, 100.0) == stood
    assert at(taken_up, 130.0) == at(died, 55.0)


def test_a_clock_is_not_taken_up_from_before_its_beginning() -> None:
    assert at(story_of((5.0, ClockStarted("small", 1.0, "d-1", -(10**6)))), 5.0).agenda_ms == 0


CHANGES = st.one_of(
    st.builds(ClockPaused, st.just("lee")),
    st.builds(ClockResumed, st.just("lee")),
    st.builds(ClockSkipped, st.sampled_from(["look", "fix", "talk"]), st.just("lee")),
    st.builds(
        ClockExtended, st.sampled_from(["look", "fix", "talk"]), st.floats(-1, 100), st.just("l")
    ),
)


@given(
    st.floats(0.1, 100.0),
    st.lists(st.tuples(st.floats(0.0, 40.0), st.one_of(st.none(), CHANGES)), max_size=25),
)
def test_whatever_is_done_to_it_the_clock_never_goes_back(
    speed: float, steps: list[tuple[float, Event | None]]
) -> None:
    moments: list[tuple[float, Event]] = [(0.0, ClockStarted("small", speed))]
    order = [phase.id for phase in AGENDA.phases]
    now, agenda_ms, place, unlocked = 0.0, 0, 0, frozenset[str]()
    for step, change in steps:
        now += step
        if change is not None:
            moments.append((now, change))
        else:
            # Something is recorded whenever somebody looks, as the host does.
            moments.append((now, NoteAdded("look", "host")))
        reading = at(story_of(*moments), now)
        assert reading.agenda_ms >= agenda_ms
        assert order.index(reading.phase.id) >= place
        assert reading.unlocked >= unlocked
        agenda_ms, place = reading.agenda_ms, order.index(reading.phase.id)
        unlocked = reading.unlocked
