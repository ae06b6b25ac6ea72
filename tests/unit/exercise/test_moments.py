"""The host announces each phase once, and begins the incident with the phase that says so."""

from __future__ import annotations

from dataclasses import replace

from harness.exercise.moments import phases_to_announce, trigger_is_due
from harness.record.events import ClockSkipped, ClockStarted, PhaseChanged
from harness.record.story import Story
from tests.unit.exercise.tales import AGENDA, story_of

START = (0.0, ClockStarted("small", 1.0))
LOOK = PhaseChanged("look", "Look")
FIX = PhaseChanged("fix", "Fix")


def test_the_phase_that_runs_is_announced_once() -> None:
    assert phases_to_announce(AGENDA, Story(), 5_000) == ()
    first = phases_to_announce(AGENDA, story_of(START), 5_000)
    assert first == (LOOK,)
    told = story_of(START, (5.0, LOOK))
    assert phases_to_announce(AGENDA, told, 6_000) == ()
    assert phases_to_announce(AGENDA, told, 60_000) == (FIX,)


def test_a_phase_that_was_skipped_as_it_began_is_announced_all_the_same() -> None:
    skipped = (60.1, ClockSkipped("fix", "Ida"))
    told = story_of(START, (5.0, LOOK), skipped)
    phases = [one.phase for one in phases_to_announce(AGENDA, told, 60_200)]
    assert phases == [phase.id for phase in AGENDA.phases[1:3]]


def test_a_clock_that_goes_on_announces_where_it_stands_and_nothing_before() -> None:
    goes_on = (0.0, ClockStarted("small", 1.0, "d-1", 61_000))
    assert phases_to_announce(AGENDA, story_of(goes_on), 100) == (FIX,)


def test_the_incident_begins_with_its_phase_and_not_before() -> None:
    phases = tuple(replace(phase, triggers=phase.id == "fix") for phase in AGENDA.phases)
    agenda = replace(AGENDA, phases=phases)
    assert not trigger_is_due(agenda, Story(), 999_000)
    assert not trigger_is_due(agenda, story_of(START), 59_999)
    assert trigger_is_due(agenda, story_of(START), 60_000)
    assert trigger_is_due(agenda, story_of(START), 999_000)
    assert not trigger_is_due(AGENDA, story_of(START), 999_000)
