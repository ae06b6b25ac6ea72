"""The clock of an exercise, read against an agenda: which phase it is, and what remains of it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.exercise.agenda import Agenda, AiPolicy, Artefact, Phase
from harness.record.events import PhaseChange
from harness.record.team_clock import ClockState


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
