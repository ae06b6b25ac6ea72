"""The clock of an exercise: a pure fold of clock events, read against an agenda.

Team time counts milliseconds from the beginning of the record: as drill time does until the clock
starts, then `speed` times as fast, and not at all while paused. Agenda time is team time since the
clock started. Neither ever runs backwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import singledispatch

from harness.exercise.agenda import Agenda, AiPolicy, Artefact, Phase
from harness.record.events import (
    ClockExtended,
    ClockPaused,
    ClockResumed,
    ClockSkipped,
    ClockStarted,
    Event,
    PhaseChange,
)

SPEED_MAX = 1000.0
EXTRA_MAX_S = 86_400.0


@dataclass(frozen=True)
class ClockState:
    """All that clock events have come to."""

    agenda: str | None = None
    speed: float = 1.0
    base_ms: int = 0
    """Team time at the newest change of pace."""
    changed_ms: int = 0
    """Drill time of that change."""
    seen_ms: int = 0
    """Drill time of the newest event."""
    started_ms: int | None = None
    """Team time at which agenda time is zero; None before the clock starts."""
    is_paused: bool = False
    changes: tuple[PhaseChange, ...] = ()

    def team_ms(self, drill_ms: int) -> int:
        """Team time at a moment that is not before the newest event."""
        pace = 0.0 if self.is_paused else self.speed
        return self.base_ms + math.floor(max(0, drill_ms - self.changed_ms) * pace)

    def agenda_ms(self, drill_ms: int) -> int | None:
        """Agenda time; None before the clock starts."""
        return None if self.started_ms is None else self.team_ms(drill_ms) - self.started_ms


@dataclass(frozen=True)
class Reading:
    """What the clock shows."""

    is_running: bool
    is_paused: bool
    is_over: bool
    """Every phase has ended."""
    agenda_ms: int
    phase: Phase
    """The last one once all is over."""
    phase_ms: int
    """Agenda time since the phase began."""
    remaining_ms: int | None
    """Agenda time until the phase ends by itself; None where it ends by hand only."""
    unlocked: frozenset[Artefact]
    begun_ms: tuple[tuple[str, int], ...]
    """Each phase that has begun, and the agenda time at which it did."""

    @property
    def ai(self) -> AiPolicy:
        """What the phase says of AI; closed before the clock starts."""
        return self.phase.ai if self.is_running else "closed"


def step(state: ClockState, event: Event, drill_ms: int) -> ClockState:
    """The clock after one event; events that are not the clock's change nothing."""
    return replace(_step(event, state, drill_ms), seen_ms=max(state.seen_ms, drill_ms))


def read(agenda: Agenda, state: ClockState, drill_ms: int) -> Reading:
    """What the clock shows at a drill time that is not before the newest event."""
    now = state.agenda_ms(drill_ms)
    elapsed = now or 0
    begun: list[tuple[str, int]] = []
    unlocked: set[Artefact] = set()
    begin, end = 0, None
    current = agenda.phases[0]
    for phase in agenda.phases if now is not None else ():
        current, end = phase, _end(phase, begin, state.changes)
        begun.append((phase.id, begin))
        unlocked.update(phase.unlocks)
        if end is None or elapsed < end:
            break
        if phase is not agenda.phases[-1]:
            begin = end
    is_over = now is not None and end is not None and elapsed >= end
    if now is None:
        end = current.duration_ms
    return Reading(
        is_running=now is not None,
        is_paused=state.is_paused,
        is_over=is_over,
        agenda_ms=elapsed,
        phase=current,
        phase_ms=elapsed - begin,
        remaining_ms=None if end is None else max(0, end - elapsed),
        unlocked=frozenset(unlocked),
        begun_ms=tuple(begun),
    )


def _end(phase: Phase, begin_ms: int, changes: tuple[PhaseChange, ...]) -> int | None:
    """Agenda time at which a phase ends. A change that came after its end has no effect."""
    end = None if phase.duration_ms is None else begin_ms + phase.duration_ms
    for change in changes:
        if change.phase != phase.id or (end is not None and change.at_ms >= end):
            continue
        if change.extra_ms is None:
            end = max(begin_ms, change.at_ms)
        elif end is not None:
            end += change.extra_ms
    return end


@singledispatch
def _step(_event: Event, state: ClockState, _drill_ms: int) -> ClockState:
    return state


def _paced(state: ClockState, drill_ms: int, *, is_paused: bool) -> ClockState:
    return replace(
        state,
        base_ms=state.team_ms(drill_ms),
        changed_ms=max(state.changed_ms, drill_ms),
        is_paused=is_paused,
    )


@_step.register
def _(event: ClockStarted, state: ClockState, drill_ms: int) -> ClockState:
    if state.started_ms is not None:
        return state
    speed = event.speed if 0 < event.speed <= SPEED_MAX else 1.0
    state = _paced(state, drill_ms, is_paused=False)
    return replace(
        state,
        agenda=event.agenda,
        speed=speed,
        started_ms=state.base_ms - max(0, event.at_ms),
        changes=event.changes,
    )


@_step.register
def _(_event: ClockPaused, state: ClockState, drill_ms: int) -> ClockState:
    if state.started_ms is None or state.is_paused:
        return state
    return _paced(state, drill_ms, is_paused=True)


@_step.register
def _(_event: ClockResumed, state: ClockState, drill_ms: int) -> ClockState:
    return _paced(state, drill_ms, is_paused=False) if state.is_paused else state


@_step.register
def _(event: ClockExtended, state: ClockState, drill_ms: int) -> ClockState:
    now = state.agenda_ms(drill_ms)
    if now is None or not 0 < event.extra_s <= EXTRA_MAX_S:
        return state
    change = PhaseChange(event.phase, now, round(event.extra_s * 1000))
    return replace(state, changes=(*state.changes, change))


@_step.register
def _(event: ClockSkipped, state: ClockState, drill_ms: int) -> ClockState:
    now = state.agenda_ms(drill_ms)
    if now is None:
        return state
    return replace(state, changes=(*state.changes, PhaseChange(event.phase, now, None)))
