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


def due_in_ms(agenda: Agenda, inject: Inject, story: Story, drill_ms: int) -> int | None:
    """Milliseconds of the agenda until an inject comes by itself, as things are now, 0 where it is
    due; None where that cannot be told: by hand, before the clock or its alert, after its phase."""
    reading = read(agenda, story.clock, drill_ms)
    if not reading.is_running or reading.is_over:
        return None
    left = _left_ms(agenda, inject, story, reading, story.clock.team_ms(drill_ms))
    return None if left is None else max(0, left)


def _left_ms(
    agenda: Agenda, inject: Inject, story: Story, reading: Reading, now_ms: int
) -> int | None:
    when = inject.when
    if isinstance(when, AtTime):
        return when.at_ms - reading.agenda_ms
    if isinstance(when, InPhase):
        begins = _begins_in_ms(agenda, when.phase, reading)
        return None if begins is None else begins + when.after_ms
    if isinstance(when, WhileAlert):
        since = firing_since_ms(story).get(when.alert)
        return None if since is None else when.for_ms - (now_ms - since)
    if isinstance(when, NoUpdate) and story.first(PageSent) is not None:
        return when.for_ms - _silent_for(story, now_ms)
    return None


def _begins_in_ms(agenda: Agenda, phase: str, reading: Reading) -> int | None:
    """Until a phase begins, negative while it lasts; None once it is over or behind an open one."""
    if reading.phase.id == phase:
        return -reading.phase_ms
    ids = [one.id for one in agenda.phases]
    here, there = ids.index(reading.phase.id), ids.index(phase)
    between = [one.duration_ms for one in agenda.phases[here + 1 : there]]
    if there < here or reading.remaining_ms is None or None in between:
        return None
    return reading.remaining_ms + sum(one for one in between if one is not None)


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
