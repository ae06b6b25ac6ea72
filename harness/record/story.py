"""The record, read: the one fold that state, figures, score and views of a drill are made of.

It is pure: the same events give the same story, folded at once or in pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from harness.record.envelope import Envelope
from harness.record.events import (
    DrillTriggered,
    EngagementSampled,
    Event,
    ImpactSampled,
    NothingUnseen,
    UnknownEvent,
    UpdatePosted,
)
from harness.record.state import DrillState
from harness.record.state_steps import after
from harness.record.team_clock import ClockState, step

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True)
class Noted(Generic[E_co]):
    """One event in its place."""

    seq: int
    drill_ms: int
    team_ms: int
    """The time that the team had: see harness/record/team_clock.py."""
    wall_time: datetime
    actor: str
    event: E_co


@dataclass(frozen=True)
class Story:
    """The events of a drill, in order, and what they come to.

    Samples, of which there is one a second, are no entries: the newest are kept.
    """

    drill_id: str = ""
    seq: int = 0
    clock: ClockState = field(default_factory=ClockState)
    state: DrillState = field(default_factory=DrillState)
    entries: tuple[Noted[Event], ...] = ()
    """Without events of unknown types, and samples."""
    impact: ImpactSampled | None = None
    """The newest sample of the damage: the one figure that everything shows."""
    impact_before: ImpactSampled | None = None
    """The sample that was the newest when the first fault was set off."""
    impact_told: Mapping[int, ImpactSampled | None] = field(default_factory=dict)
    """Update → the sample that was the newest when it was posted."""
    engagement: EngagementSampled | None = None

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
    clock, state = story.clock, story.state
    impact, told, engagement = story.impact, dict(story.impact_told), story.engagement
    before, has_begun = story.impact_before, story.first(DrillTriggered) is not None
    entries = list(story.entries)
    for one in envelopes:
        clock = step(clock, one.event, one.drill_time_ms)
        state = after(state, one)
        match one.event:
            case ImpactSampled():
                impact = one.event
            case EngagementSampled():
                engagement = one.event
            case UnknownEvent() | NothingUnseen():
                pass
            case _:
                entries.append(_noted(one, clock))
                if isinstance(one.event, UpdatePosted):
                    told[one.seq] = impact
                elif isinstance(one.event, DrillTriggered) and not has_begun:
                    before, has_begun = impact, True
    return Story(
        state.drill_id, state.seq, clock, state, tuple(entries), impact, before, told, engagement
    )


def _noted(one: Envelope, clock: ClockState) -> Noted[Event]:
    team_ms = clock.team_ms(one.drill_time_ms)
    return Noted(one.seq, one.drill_time_ms, team_ms, one.wall_time, one.actor, one.event)
