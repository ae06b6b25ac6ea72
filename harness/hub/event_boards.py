"""The boards of a hub's events, made of the records of their teams' drills.

A record is read where it lies, so that what a drill had written is there when its process is not.
Each event is read once, and a board is made once a second, whoever asks how often: a room of two
hundred people looks at the same ranking.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from harness.errors import RecordFailed
from harness.events.board import Placing, Result, result_of, standings, team_now
from harness.events.followed_record import FollowedRecord
from harness.hub import event_answers
from harness.hub.event_registry import GOES_ON, KnownEvent, Part
from harness.hub.run_registry import Recorded, RunRegistry

M = TypeVar("M")
FRESH_S = 1.0
FOLLOWED_MAX = 500
"""Records that are kept in mind; with more, the ones that were followed first are read anew."""


class EventBoards:
    """How the teams of each event do."""

    def __init__(self, runs: RunRegistry, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._runs, self._clock_s = runs, clock_s
        self._lock = threading.RLock()
        self._followed: dict[Path, FollowedRecord] = {}
        self._made: dict[tuple[str, str], tuple[float, Any]] = {}

    def board(self, found: KnownEvent) -> list[event_answers.BoardRow]:
        """A row for each team, in the order of the event."""
        return self._shared("board", found, self._board)

    def standings(self, found: KnownEvent) -> list[Placing]:
        """Who is ahead, by what everybody may know."""
        return self._shared("standings", found, self._standings)

    def _shared(self, kind: str, found: KnownEvent, make: Callable[[KnownEvent], M]) -> M:
        """What was made within the last second; else made now, while others wait for it."""
        with self._lock:
            made_s, made = self._made.get((kind, found.event.id), (-FRESH_S, None))
            if made is None or self._clock_s() - made_s >= FRESH_S:
                made = make(found)
                self._made = {
                    key: one
                    for key, one in self._made.items()
                    if self._clock_s() - one[0] < FRESH_S
                }
                self._made[kind, found.event.id] = (self._clock_s(), made)
            known: M = made
            return known

    def _board(self, found: KnownEvent) -> list[event_answers.BoardRow]:
        now = datetime.now(UTC)
        recorded = self._recorded(found)
        return [self._row(part, recorded.get(part.run_id or ""), now) for part in found.parts]

    def _standings(self, found: KnownEvent) -> list[Placing]:
        recorded = self._recorded(found)
        results: dict[str, Result | None] = {}
        for part in found.parts:
            followed = self._readable(recorded.get(part.run_id or ""))
            results[part.team] = result_of(followed.shown) if followed else None
        return standings(results, found.event.counts.split(","))

    def records(self, found: KnownEvent) -> dict[str, FollowedRecord]:
        """The record of each team that has one, by the team's name."""
        recorded = self._recorded(found)
        followed = {
            part.team: self._readable(recorded.get(part.run_id or "")) for part in found.parts
        }
        return {team: one for team, one in followed.items() if one is not None}

    def _recorded(self, found: KnownEvent) -> dict[str, Recorded]:
        return self._runs.recorded([part.run_id for part in found.parts if part.run_id])

    def _row(self, part: Part, recorded: Recorded | None, now: datetime) -> event_answers.BoardRow:
        followed, problem = None, ""
        try:
            followed = self._follow(recorded)
        except RecordFailed as error:
            problem = error.message
        goes_on = recorded is not None and recorded.phase in GOES_ON
        known = team_now(followed.story, now, goes_on=goes_on) if followed else None
        return event_answers.BoardRow(
            team=part.team,
            run_id=part.run_id,
            drill=recorded.phase if recorded else None,
            outcome=recorded.outcome if recorded else None,
            now=event_answers.TeamNowAnswer(**asdict(known)) if known else None,
            problem=problem,
        )

    def _readable(self, recorded: Recorded | None) -> FollowedRecord | None:
        """The record, or None for one that cannot be read; the board says why."""
        with suppress(RecordFailed):
            return self._follow(recorded)
        return None

    def _follow(self, recorded: Recorded | None) -> FollowedRecord | None:
        if recorded is None or recorded.record is None:
            return None
        with self._lock:
            followed = self._followed.get(recorded.record)
            if followed is None:
                while len(self._followed) >= FOLLOWED_MAX:
                    self._followed.pop(next(iter(self._followed)))
                followed = self._followed[recorded.record] = FollowedRecord(recorded.record)
            followed.follow()
            return followed
