"""What a board says of a drill by its record; who is ahead, without anything secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.errors import RecordFailed
from harness.events.board import Result, TeamNow, result_of, standings, team_now
from harness.events.followed_record import FollowedRecord
from harness.record import events
from harness.record.store import Clock, Record

BEGIN = datetime(2026, 12, 1, 19, tzinfo=UTC)
NOTHING = Result("healthy", verified=False, points=0, points_max=50, blots=0, recovery_s=None)


class Drill:
    """A drill that is written second by second, and followed."""

    def __init__(self, folder: Path) -> None:
        self.at = BEGIN
        clock = Clock(lambda: self.at, lambda: int((self.at - BEGIN).total_seconds() * 1000))
        self.record = Record(folder / "record.db", "d-x", clock=clock)
        self.followed = FollowedRecord(folder / "record.db")

    def says(self, *said: events.Event) -> TeamNow:
        """Write a second's events; where the team stands ten seconds later."""
        self.at += timedelta(seconds=1)
        for event in said:
            self.record.append(event, actor="ada")
        self.followed.follow()
        return team_now(self.followed.story, self.at + timedelta(seconds=10), goes_on=True)


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    made = Drill(tmp_path)
    yield made
    made.record.close()


def created() -> events.DrillCreated:
    return events.DrillCreated("deadlock", 7, "local", "honour", "solo", {})


def paged() -> events.PageSent:
    return events.PageSent("p-1", "CheckoutErrors", "page", "checkout fails")


def deploy(kind: events.DeployKind) -> events.DeployStarted:
    return events.DeployStarted("x", "payments", "1.1.0", "1.0.0", "abc", kind, "ada", "back")


def update() -> events.UpdatePosted:
    return events.UpdatePosted("investigating", "a", "b", "c", 50, (), (), None, "all", "ada")


def test_a_row_follows_what_a_team_does(drill: Drill) -> None:
    now = drill.says(created())
    assert (now.pages, now.silence_s, now.belief, now.verified) == (0, None, None, None)
    now = drill.says(events.DrillTriggered("payments", "1.1.0"), paged())
    assert (now.phase, now.pages, now.acknowledged_ms, now.silence_s) == ("paged", 1, None, 10.0)
    assert now.paged_ms == int((BEGIN + timedelta(seconds=2)).timestamp() * 1000)
    now = drill.says(events.PageAcknowledged("p-1", "ada"))
    assert (now.phase, now.silence_s) == ("acknowledged", 11.0)
    assert now.acknowledged_ms == int((BEGIN + timedelta(seconds=3)).timestamp() * 1000)
    weak, strong = events.Hypothesis("h1", "cache", 20), events.Hypothesis("h2", "locks", 60)
    now = drill.says(events.HypothesesRevised((weak, strong), "logs", "ada"))
    assert now.belief is not None
    assert (now.belief.text, now.belief.percent) == ("locks", 60)
    now = drill.says(events.DiagnosisDeclared("payments", "lock-order", 90, (), "", "ada"))
    assert now.belief is not None
    assert (now.belief.text, now.belief.percent) == ("payments: lock-order", 90)
    now = drill.says(update(), deploy("rollback"), events.ImpactSampled(12, 34.5, 0.9))
    assert "payments" in now.last_act
    assert (now.users_affected, now.revenue_lost, now.silence_s) == (12, 34.5, 10.0)
    assert drill.says(events.VerifyFinished(False, ())).verified is False
    assert drill.says(events.VerifyFinished(True, ())).verified is True
    ended = team_now(drill.followed.story, drill.at, goes_on=False)
    assert (ended.verified, ended.silence_s) == (True, None)


def test_each_event_is_read_once_and_the_file_stays_as_it_is(drill: Drill, tmp_path: Path) -> None:
    drill.says(created(), paged())
    before = drill.followed.story
    drill.followed.follow()
    assert drill.followed.story is before
    drill.says(events.NoteAdded("one", "ada"))
    assert [one.seq for one in drill.followed.story.entries] == [1, 2, 3]
    with pytest.raises(RecordFailed):
        FollowedRecord(tmp_path / "none.db").follow()


def test_what_is_secret_is_in_no_result(drill: Drill) -> None:
    """That the incident has begun, and that somebody tried what is forbidden, only some know."""
    drill.says(created())
    healthy = result_of(drill.followed.shown)
    drill.says(events.DrillTriggered("payments", "1.1.0"), events.AccessRefused("/v1/answer"))
    assert drill.followed.story.state.phase.value == "triggered"
    assert result_of(drill.followed.shown) == healthy
    told = repr(asdict(result_of(drill.followed.shown)))
    assert "payments" not in told
    assert result_of(drill.followed.story) != healthy  # negative control


def test_a_silenced_alert_and_a_restart_without_evidence_are_blots(drill: Drill) -> None:
    drill.says(created(), paged())
    assert result_of(drill.followed.shown).blots == 0
    drill.says(events.SilenceSet("s", ("a=b",), "x", "y", "ada", "quiet"), deploy("restart"))
    assert result_of(drill.followed.shown).blots == 2


def test_recovery_counts_from_the_page_until_it_is_proven(drill: Drill) -> None:
    drill.says(created(), paged())
    drill.at += timedelta(seconds=119)
    drill.says(deploy("rollback"))
    drill.says(events.VerifyFinished(True, ()))
    found = result_of(drill.followed.shown)
    assert (found.verified, found.recovery_s) == (True, 121.0)


def test_score_and_conduct_count_before_speed() -> None:
    results = {
        "fast": replace(NOTHING, points=20, blots=1, recovery_s=60.0),
        "clean": replace(NOTHING, points=20, recovery_s=600.0),
        "best": replace(NOTHING, points=30, blots=2),
        "absent": None,
        "idle": NOTHING,
        "idle too": NOTHING,
    }

    def ranked(*counts: str) -> list[tuple[int, str]]:
        return [(one.rank, one.team) for one in standings(results, counts)]

    assert ranked("score", "conduct", "speed") == [
        (1, "best"), (2, "clean"), (3, "fast"), (4, "idle"), (4, "idle too"), (6, "absent"),
    ]  # fmt: skip
    assert ranked("speed")[:2] == [(1, "fast"), (2, "clean")]  # what counts is the event's to say
