"""Two trajectories on one page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from harness.causes import Answer
from harness.errors import UsageError
from harness.record import events as e
from harness.scoring.case import AnswerKey
from harness.scoring.grades import grade
from harness.trajectory.atif import trajectory
from harness.trajectory.side_by_side import side_by_side, side_of
from tests.unit.scoring.stories import KEY, PANIC, STRUCTURED, Moment, case_of, envelopes


def made(moments: list[Moment], player: str, truth: AnswerKey = KEY) -> dict[str, Any]:
    grades = grade(case_of(moments), lambda *_: False)
    return trajectory(envelopes(moments), player=player, version="1", truth=truth, grades=grades)


def test_both_stand_on_one_scale_from_their_page_with_the_truth_and_the_grades() -> None:
    page = side_by_side(made(STRUCTURED, "alex"), made(PANIC, "dana"))
    assert KEY.title in page
    assert page.count('class="heads"') == 1
    times = re.findall(r"<time>(-?\d+:\d\d)</time>", page)
    assert "0:00" in times
    assert "4:00" in times
    assert len(times) == len(set(times))
    assert 'healed without harm</dt><dd><span class="bad">no' in page


def test_beliefs_are_held_against_the_truth() -> None:
    wrong = e.DiagnosisDeclared("users", "overload", 60, (), "", "alex")
    page = side_by_side(made(STRUCTURED, "alex"), made([*STRUCTURED, (11.0, wrong)], "dana"))
    right = '<span class="good">right</span>: payments timeout-misconfigured 95 %'
    assert page.count(right) == 4
    assert page.count('<span class="bad">wrong</span>: users overload 60 %') == 1


def test_what_people_wrote_is_text_and_no_markup() -> None:
    note = e.NoteAdded("<script>alert(1)</script>", "alex")
    page = side_by_side(made([*STRUCTURED, (9.0, note)], "<b>alex"), made(PANIC, "dana"))
    assert "<script" not in page
    assert "<b>alex" not in page


def test_two_of_different_answers_are_not_compared() -> None:
    other = AnswerKey((Answer(("users",), ("overload",)),))
    with pytest.raises(UsageError, match="not of one answer"):
        side_by_side(made(STRUCTURED, "alex"), made(PANIC, "dana", other))


def test_moments_count_from_the_page() -> None:
    side = side_of(made(STRUCTURED, "alex"))
    paged = next(at for at, step in side.steps if step["source"] == "user")
    assert paged == 0
    assert min(at for at, _ in side.steps) <= 0
