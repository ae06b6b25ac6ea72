"""The clock of an exercise as its events leave it: a pure fold.

Team time counts milliseconds from the beginning of the record: as drill time does until the clock
starts, then `speed` times as fast, and not at all while paused. Agenda time is team time since the
clock started. Neither ever runs backwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import singledispatch

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


def step(state: ClockState, event: Event, drill_ms: int) -> ClockState:
    """The clock after one event; events that are not the clock's change nothing."""
    return replace(_step(event, state, drill_ms), seen_ms=max(state.seen_ms, drill_ms))


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
