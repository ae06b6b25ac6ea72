"""What an exercise has come to: every event that matters, with the time the team had.

A pure fold: the same events give the same story, folded at once or in pieces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from harness.exercise.clock import ClockState, step
from harness.record.envelope import Envelope
from harness.record.events import EngagementSampled, Event, ImpactSampled, UnknownEvent

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True)
class Noted(Generic[E_co]):
    """One event in its place."""

    seq: int
    drill_ms: int
    team_ms: int
    """The time that the team had: see harness/exercise/clock.py."""
    wall_time: datetime
    actor: str
    event: E_co


@dataclass(frozen=True)
class Story:
    """The events of an exercise, in order. Events of unknown types, samples of the visitors, and
    every sample of the impact but the newest, are left out."""

    drill_id: str = ""
    seq: int = 0
    clock: ClockState = field(default_factory=ClockState)
    entries: tuple[Noted[Event], ...] = ()
    impact: ImpactSampled | None = None

    def of(self, kind: type[E]) -> tuple[Noted[E], ...]:
        """All events of a type (or of its subtypes), in order."""
        return tuple(one for one in self.entries if isinstance(one.event, kind))  # type: ignore[misc]

    def first(self, kind: type[E]) -> Noted[E] | None:
        """The earliest event of a type."""
        return next(iter(self.of(kind)), None)

    def last(self, kind: type[E]) -> Noted[E] | None:
        """The newest event of a type."""
        found = self.of(kind)
        return found[-1] if found else None


def fold(envelopes: Iterable[Envelope], story: Story | None = None) -> Story:
    """The story after `envelopes`, from the beginning or from an earlier `story`."""
    story = story or Story()
    drill_id, seq, clock, impact = story.drill_id, story.seq, story.clock, story.impact
    entries = list(story.entries)
    for one in envelopes:
        drill_id, seq = one.drill_id, one.seq
        clock = step(clock, one.event, one.drill_time_ms)
        if isinstance(one.event, ImpactSampled):
            impact = one.event
        elif not isinstance(one.event, UnknownEvent | EngagementSampled):
            team_ms = clock.team_ms(one.drill_time_ms)
            entries.append(
                Noted(seq, one.drill_time_ms, team_ms, one.wall_time, one.actor, one.event)
            )
    return Story(drill_id, seq, clock, tuple(entries), impact)
