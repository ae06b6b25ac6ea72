"""Which injects are due: a pure function of agenda, story and time."""

from __future__ import annotations

from harness.exercise.agenda import Agenda, AtTime, Inject, InPhase, NoUpdate, WhileAlert
from harness.exercise.clock import Reading, read
from harness.exercise.views import delivered, firing_since_ms, incident_start
from harness.record.events import PageSent, UpdatePosted
from harness.record.story import Story


def due_injects(agenda: Agenda, story: Story, drill_ms: int) -> tuple[Inject, ...]:
    """Injects that are due at a drill time and have not been delivered, in the agenda's order.

    None is due before the clock starts, while it is paused, or once the agenda is over. What is
    thrown by hand is never due.
    """
    reading = read(agenda, story.clock, drill_ms)
    if not reading.is_running or reading.is_paused or reading.is_over:
        return ()
    had = delivered(story)
    return tuple(
        inject
        for inject in agenda.injects
        if inject.id not in had and _is_due(inject, story, reading, drill_ms)
    )


def _is_due(inject: Inject, story: Story, reading: Reading, drill_ms: int) -> bool:
    when = inject.when
    now = story.clock.team_ms(drill_ms)
    if isinstance(when, AtTime):
        return reading.agenda_ms >= when.at_ms
    if isinstance(when, InPhase):
        # Only while the phase lasts: a question about a phase that was skipped comes too late.
        return reading.phase.id == when.phase and reading.phase_ms >= when.after_ms
    if isinstance(when, WhileAlert):
        since = firing_since_ms(story).get(when.alert)
        return since is not None and now - since >= when.for_ms
    if isinstance(when, NoUpdate):
        return _silent_for(story, now) >= when.for_ms
    return False


def _silent_for(story: Story, now_ms: int) -> int:
    """Team time since stakeholders heard anything; 0 before there is anything to hear."""
    if story.first(PageSent) is None:
        return 0
    begin = incident_start(story)
    update = story.last(UpdatePosted)
    latest = max(one.team_ms for one in (begin, update) if one is not None)
    return now_ms - latest
