"""The first word within five minutes, then at least every twenty."""

from __future__ import annotations

import pytest

from harness.record.events import (
    ClockPaused,
    ClockResumed,
    ClockStarted,
    NoteAdded,
    PageSent,
    VerifyFinished,
)
from harness.scoring.cadence import cadence
from harness.scoring.times import Duration
from tests.unit.scoring.stories import UPDATE, Moment, both, case_of

PAGE = (0.0, PageSent("p1", "HighErrorRate", "critical", "errors"))
OVER = VerifyFinished(True, ())


@pytest.mark.parametrize(
    ("updates", "over", "first_in_time", "gaps_in_time"),
    [
        ([5.0], 10.0, True, True),
        ([5.01], 10.0, False, True),
        ([1.0, 21.0], 30.0, True, True),
        ([1.0, 21.1], 30.0, True, False),
        ([1.0], 22.0, True, False),
    ],
)
def test_the_cadence_is_measured_from_the_page_to_recovery(
    updates: list[float], over: float, first_in_time: bool, gaps_in_time: bool
) -> None:
    seen = cadence(case_of([PAGE, *((at, UPDATE) for at in updates), (over, OVER)]))
    assert seen.updates == len(updates)
    assert (seen.first_in_time, seen.gaps_in_time) == (first_in_time, gaps_in_time)
    assert seen.first == both(round(updates[0] * 60_000))


def test_silence_is_late_only_after_five_minutes() -> None:
    assert cadence(case_of([PAGE, (4.0, NoteAdded("", "kim"))])).first_in_time is None
    assert cadence(case_of([PAGE, (6.0, NoteAdded("", "kim"))])).first_in_time is False


def test_silence_without_any_update_is_the_gap_so_far() -> None:
    quiet = cadence(case_of([PAGE, (19.0, NoteAdded("", "kim"))]))
    assert (quiet.longest_gap, quiet.gaps_in_time) == (both(19 * 60_000), None)
    late = cadence(case_of([PAGE, (21.0, NoteAdded("", "kim"))]))
    assert (late.longest_gap, late.gaps_in_time) == (both(21 * 60_000), False)


def test_updates_after_recovery_neither_help_nor_hurt() -> None:
    story: list[Moment] = [PAGE, (3.0, UPDATE), (10.0, OVER), (50.0, UPDATE)]
    seen = cadence(case_of(story))
    assert (seen.seqs, seen.longest_gap) == ((2,), both(7 * 60_000))
    assert seen.updates == 2, "as the scorecard counts them"


def test_time_is_the_teams_so_a_pause_costs_nothing_and_speed_counts() -> None:
    paused: list[Moment] = [
        PAGE, (0.0, ClockStarted("a", 1.0)), (1.0, ClockPaused("lee")),
        (31.0, ClockResumed("lee")), (32.0, UPDATE), (33.0, OVER),
    ]  # fmt: skip
    assert cadence(case_of(paused)).first == Duration(32 * 60_000, 2 * 60_000)
    fast: list[Moment] = [PAGE, (0.0, ClockStarted("a", 10.0)), (1.0, UPDATE), (1.1, OVER)]
    assert cadence(case_of(fast)).first == Duration(60_000, 10 * 60_000)


def test_without_a_page_there_is_no_cadence() -> None:
    assert cadence(case_of([(0.0, UPDATE)])).first_in_time is None
