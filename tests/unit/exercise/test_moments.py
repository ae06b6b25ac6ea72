"""The host announces each phase once, and begins the incident with the phase that says so."""

from __future__ import annotations

from dataclasses import replace

from harness.exercise.moments import phase_to_announce, trigger_is_due
from harness.exercise.story import Story
from harness.record import exercise_events as x
from tests.unit.exercise.tales import AGENDA, story_of

START = (0.0, x.ClockStarted("small", 1.0))


def test_the_phase_that_runs_is_announced_once() -> None:
    assert phase_to_announce(AGENDA, Story(), 5_000) is None
    first = phase_to_announce(AGENDA, story_of(START), 5_000)
    assert first == x.PhaseChanged("look", "Look")
    told = story_of(START, (5.0, first))
    assert phase_to_announce(AGENDA, told, 6_000) is None
    assert phase_to_announce(AGENDA, told, 60_000) == x.PhaseChanged("fix", "Fix")


def test_the_incident_begins_with_its_phase_and_not_before() -> None:
    phases = tuple(replace(phase, triggers=phase.id == "fix") for phase in AGENDA.phases)
    agenda = replace(AGENDA, phases=phases)
    assert not trigger_is_due(agenda, Story(), 999_000)
    assert not trigger_is_due(agenda, story_of(START), 59_999)
    assert trigger_is_due(agenda, story_of(START), 60_000)
    assert trigger_is_due(agenda, story_of(START), 999_000)
    assert not trigger_is_due(AGENDA, story_of(START), 999_000)
