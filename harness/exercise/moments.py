"""What the clock asks its host to do: announce phases, begin the incident."""

from __future__ import annotations

from harness.exercise.agenda import Agenda
from harness.exercise.clock import Reading, read
from harness.record.events import ClockStarted, PhaseChanged
from harness.record.story import Story


def phases_to_announce(agenda: Agenda, story: Story, drill_ms: int) -> tuple[PhaseChanged, ...]:
    """Every phase that has begun and was not announced, in order.

    More than one where phases ended between two looks: a short one, or one that was skipped as it
    began. Of a clock that goes on from a former drill, only what runs there and what comes after.
    """
    reading = read(agenda, story.clock, drill_ms)
    announced = {one.event.phase for one in story.of(PhaseChanged)}
    titles = {phase.id: phase.title for phase in agenda.phases}
    begun = _begun_here(reading, story)
    return tuple(PhaseChanged(phase, titles[phase]) for phase in begun if phase not in announced)


def _begun_here(reading: Reading, story: Story) -> tuple[str, ...]:
    started = story.first(ClockStarted)
    if started is None:
        return ()
    earlier = [phase for phase, begin_ms in reading.begun_ms if begin_ms <= started.event.at_ms]
    later = [phase for phase, begin_ms in reading.begun_ms if begin_ms > started.event.at_ms]
    return (*earlier[-1:], *later)


def trigger_is_due(agenda: Agenda, story: Story, drill_ms: int) -> bool:
    """Whether the phase that the incident begins with has begun.

    Always False for an agenda whose clock starts with the page: there the incident comes first.
    """
    reading = read(agenda, story.clock, drill_ms)
    begun = {phase for phase, _ in reading.begun_ms}
    return any(phase.triggers and phase.id in begun for phase in agenda.phases)
