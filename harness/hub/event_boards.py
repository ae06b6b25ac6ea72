"""The boards of a hub's events, made of the records of their teams' drills.

A record is read where it lies, so that what a drill had written is there when its process is not.
Each event is read once, whoever asks how often.
"""

from __future__ import annotations

import threading
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import RecordFailed
from harness.events.board import Placing, Result, result_of, standings, team_now
from harness.events.followed_record import FollowedRecord
from harness.hub import event_answers
from harness.hub.event_registry import GOES_ON, KnownEvent, Part
from harness.hub.run_registry import Recorded, RunRegistry

FOLLOWED_MAX = 500
"""Records that are kept in mind; with more, the ones that were followed first are read anew."""


class EventBoards:
    """How the teams of each event do."""

    def __init__(self, runs: RunRegistry) -> None:
        self._runs = runs
        self._lock = threading.Lock()
        self._followed: dict[Path, FollowedRecord] = {}

    def board(self, found: KnownEvent) -> list[event_answers.BoardRow]:
        """A row for each team, in the order of the event."""
        now = datetime.now(UTC)
        recorded = self._recorded(found)
        return [self._row(part, recorded.get(part.run_id or ""), now) for part in found.parts]

    def standings(self, found: KnownEvent) -> list[Placing]:
        """Who is ahead, by what everybody may know."""
        recorded = self._recorded(found)
        results: dict[str, Result | None] = {}
        for part in found.parts:
            followed = self._follow(recorded.get(part.run_id or ""))
            results[part.team] = result_of(followed.shown) if followed else None
        return standings(results, found.event.counts.split(","))

    def records(self, found: KnownEvent) -> dict[str, FollowedRecord]:
        """The record of each team that has one, by the team's name."""
        recorded = self._recorded(found)
        followed = {
            part.team: self._follow(recorded.get(part.run_id or "")) for part in found.parts
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
