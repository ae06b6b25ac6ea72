"""Going on with a drill that broke off: what it leaves to the one that takes it up.

One breaks off whose host died, or that failed, before its answer was told.

The shop, its data and its telemetry died with the host, so the incident begins again. What belongs
to the exercise goes on: the same scenario and history, the clock where it stood, who holds which
role, and what the team has been told. See docs/adr/0006-a-drill-that-died-is-taken-up.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import DrillError, UsageError
from harness.record.envelope import Envelope
from harness.record.events import (
    ClockStarted,
    DrillAborted,
    DrillCreated,
    Event,
    InjectDelivered,
    PersonMessaged,
    RoleJoined,
    RoleLeft,
    SealOpened,
)
from harness.record.store import Record
from harness.record.story import fold

HOST_DIED = "its host died; found at the next start"
"""The reason that stands in the record of such a drill."""
HINT = "`drill run SCENARIO` begins another"
CARRIED = (RoleJoined, RoleLeft, InjectDelivered, PersonMessaged)


@dataclass(frozen=True)
class LeftOff:
    """Where a drill stood when its host died."""

    drill_id: str
    scenario: str
    seed: int
    agenda: str
    runtime: str
    clock: ClockStarted | None
    """How the clock goes on; None where it had not started."""
    carried_events: tuple[Event, ...]
    """Who took and left which role, and what was delivered, in order."""


def left_off(runs: Path) -> LeftOff:
    """What the newest drill under `runs` left. Raises UsageError where it did not break off."""
    found = [one for path in runs.glob("*/record.db") if (one := _read(path))]
    newest = max(found, key=lambda events: events[0].wall_time, default=None)
    if newest is None:
        raise UsageError("no interrupted drill to resume", HINT)
    ends = [at for at, one in enumerate(newest) if isinstance(one.event, DrillAborted)]
    if not ends or any(isinstance(one.event, SealOpened) for one in newest):
        raise UsageError(f"the newest drill here, {newest[0].drill_id}, was not interrupted", HINT)
    return _left_off(newest[: ends[0]])  # a dead one's end was noted long after


def _read(path: Path) -> Sequence[Envelope]:
    """Empty for what cannot be read: `drill history` tells which."""
    try:
        with Record(path) as record:
            return record.events()
    except DrillError:
        return ()


def _left_off(events: Sequence[Envelope]) -> LeftOff:
    story = fold(events)
    created = story.first(DrillCreated)
    if created is None:
        raise UsageError(f"drill {story.drill_id} died before it started", HINT)
    clock, begun = story.clock, created.event
    at_ms = clock.agenda_ms(clock.seen_ms)
    first = story.first(ClockStarted)
    goes_on = None
    if first is not None and at_ms is not None:
        goes_on = replace(
            first.event,
            speed=clock.speed,
            from_drill=story.drill_id,
            at_ms=at_ms,
            changes=clock.changes,
        )
    return LeftOff(
        drill_id=story.drill_id,
        scenario=begun.scenario,
        seed=begun.seed,
        agenda=begun.agenda,
        runtime=begun.runtime,
        clock=goes_on,
        carried_events=tuple(one.event for one in story.entries if isinstance(one.event, CARRIED)),
    )
