"""The time to the cause, by the team's clock and from its page, against the agenda's target."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.causes import Answer
from harness.record.events import (
    AnswerRevealed,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    DiagnosisDeclared,
    DrillFinished,
    NoteAdded,
)
from harness.scoring.case import AnswerKey
from harness.scoring.cause_time import CauseTime, cause_time
from harness.scoring.score import score, score_lines
from harness.scoring.scorecard import SEALED, Scorecard, cause_line
from harness.scoring.times import Duration
from tests.unit.scoring.stories import (
    KEY,
    STRUCTURED,
    Moment,
    both,
    case_of,
    changed,
    story_of,
    without,
)
from tests.unit.scoring.test_scorecard import KPIS

MINUTE_MS = 60_000
TTI = "TTI (identify), from the page"
BARE = without(STRUCTURED, DiagnosisDeclared)
OVER: Moment = (60.0, DrillFinished("asked"))


def found(
    minute: float, *, target_min: float | None = 20, percent: int = 80, speed: float = 1.0
) -> list[Moment]:
    """The incident with the right cause at one minute, under an agenda with such a target."""
    target_ms = None if target_min is None else round(target_min * MINUTE_MS)
    story = changed(BARE, ClockStarted, lambda _: {"cause_target_ms": target_ms, "speed": speed})
    right = DiagnosisDeclared("payments", "timeout-misconfigured", percent, (), "", "alex")
    return sorted([*story, (minute, right)], key=lambda one: one[0])


@pytest.mark.parametrize(
    ("minute", "target_min", "met"),
    [(17, 20, True), (20, 20, True), (21, 20, False), (21, 40, True)],
)
def test_the_agenda_decides_how_soon_the_cause_is_wanted(
    minute: float, target_min: float, met: bool
) -> None:
    took = cause_time(case_of(found(minute, target_min=target_min)))
    assert (took.took, took.met) == (both(round(minute * MINUTE_MS)), met)


def test_the_score_says_it_in_a_line() -> None:
    lines = score_lines(score(story_of(found(17)), KEY))
    assert f"{TTI}: 17 m 00 s, target agenda 20 m 00 s: met" in lines
    lines = score_lines(score(story_of(found(25)), KEY))
    assert f"{TTI}: 25 m 00 s, target agenda 20 m 00 s: missed" in lines
    lines = score_lines(score(story_of(found(25, target_min=None)), KEY))
    assert f"{TTI}: 25 m 00 s" in lines


def test_it_counts_the_team_s_time() -> None:
    fast = found(5, speed=3.0)
    assert cause_time(case_of(fast)).took == Duration(5 * MINUTE_MS, 15 * MINUTE_MS)
    said = f"{TTI}: 5 m 00 s (agenda 15 m 00 s), target agenda 20 m 00 s: met"
    assert said in score_lines(score(story_of(fast), KEY))
    paused = [*found(5), (1.0, ClockPaused("lee")), (3.0, ClockResumed("lee"))]
    assert cause_time(case_of(sorted(paused, key=lambda one: one[0]))).took == Duration(
        5 * MINUTE_MS, 3 * MINUTE_MS
    )


def test_nothing_tells_before_the_reveal_that_a_cause_was_right() -> None:
    sealed = cause_time(case_of(found(17), None))
    assert (sealed.took, sealed.met) == (None, None)
    late = cause_time(case_of([*found(17), OVER], None))
    assert (late.took, late.met) == (None, None)


@pytest.mark.parametrize("percent", [0, 49])
def test_a_guess_that_nobody_believes_in_meets_no_target(percent: int) -> None:
    took = cause_time(case_of(found(5, percent=percent)))
    assert (took.took, took.met) == (None, False)
    assert cause_time(case_of(found(5, percent=50))).met is True


def test_a_cause_that_was_told_meets_no_target() -> None:
    told = (4.0, AnswerRevealed("Timeouts", "payments", "timeout-misconfigured", ""))
    revealed = sorted([*found(5), told], key=lambda one: one[0])
    assert cause_time(case_of(revealed)).met is False
    later = sorted([*found(3), told], key=lambda one: one[0])
    assert cause_time(case_of(later)).met is True


def test_a_target_is_missed_once_its_time_is_up_and_not_before() -> None:
    open_still = [one for one in found(50) if one[0] < 10]
    assert cause_time(case_of(open_still)).met is None
    waited = [*open_still, (20.1, NoteAdded("no idea", "kim"))]
    assert cause_time(case_of(waited)).met is False
    given_up = [*open_still, (11.0, DrillFinished("asked"))]
    assert cause_time(case_of(given_up)).met is False


def test_of_two_causes_the_second_to_be_found_counts() -> None:
    other = Answer(("users",), ("overload",))
    two = AnswerKey((*KEY.causes, other))
    assert cause_time(case_of([*found(5), OVER], two)).met is False
    second = (12.0, DiagnosisDeclared("users", "overload", 70, (), "", "kim"))
    story = sorted([*found(5), second, OVER], key=lambda one: one[0])
    assert cause_time(case_of(story, two)).took == both(12 * MINUTE_MS)


def test_the_scorecard_keeps_it_sealed_until_the_reveal() -> None:
    took = CauseTime(both(17 * MINUTE_MS), 20 * MINUTE_MS, True)
    card = Scorecard("d-7f3a", "mitigated", KPIS, cause_time=took)
    revealed = "\n".join(card.render_lines())
    assert f"{TTI}     17 m 00 s, target agenda 20 m 00 s: met" in revealed
    sealed = "\n".join(card.sealed().render_lines())
    assert f"{TTI}     {SEALED}" in sealed
    assert "17 m" not in sealed
    assert "cause_time" not in card.sealed().to_json()
    assert card.to_json()["cause_time"]["met"] is True
    untimed = replace(card, cause_time=CauseTime(both(17 * MINUTE_MS), None, None))
    assert "target" not in "\n".join(untimed.render_lines())
    assert cause_line(untimed.cause_time) == "17 m 00 s"
