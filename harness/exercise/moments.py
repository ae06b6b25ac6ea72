"""What the clock asks its host to do: announce a phase, begin the incident."""

from __future__ import annotations

from harness.exercise.agenda import Agenda
from harness.exercise.clock import read
from harness.exercise.story import Story
from harness.record.exercise_events import PhaseChanged


def phase_to_announce(agenda: Agenda, story: Story, drill_ms: int) -> PhaseChanged | None:
    """The phase that runs, unless it was the last one announced."""
    reading = read(agenda, story.clock, drill_ms)
    announced = story.last(PhaseChanged)
    if not reading.is_running or (announced and announced.event.phase == reading.phase.id):
        return None
    return PhaseChanged(reading.phase.id, reading.phase.title)


def trigger_is_due(agenda: Agenda, story: Story, drill_ms: int) -> bool:
    """Whether the phase that the incident begins with has begun.

    Always False for an agenda whose clock starts with the page: there the incident comes first.
    """
    reading = read(agenda, story.clock, drill_ms)
    begun = {phase for phase, _ in reading.begun_ms}
    return any(phase.triggers and phase.id in begun for phase in agenda.phases)
