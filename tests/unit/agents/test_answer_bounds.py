"""Answers that are too long lose the ends of their longest parts, and say which."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.agents.answer_bounds import shortened


def test_what_has_room_is_left_as_it_is() -> None:
    answer = {"records": [1, 2, 3]}
    assert shortened(answer, 100) == (answer, ())


@pytest.mark.parametrize(
    ("answer", "left_out"),
    [
        ({"records": ["x" * 50] * 100}, "records: 94 of 100 items"),
        ([{"n": at} for at in range(200)], "answer: 150 of 200 items"),
        ({"diff": "x" * 9000, "notes": "by Ada"}, "diff: 8438 of 9000 characters"),
        ("x" * 5000, "answer: 4688 of 5000 characters"),
        ([["a" * 9000], 1, 2], "0.0: 8438 of 9000 characters"),
    ],
)
def test_the_longest_part_is_halved_until_all_has_room(answer: Any, left_out: str) -> None:
    before = json.dumps(answer)
    shown, told = shortened(answer, 600)
    assert len(json.dumps(shown)) <= 600
    assert told == (left_out,)
    assert json.dumps(answer) == before, "what was answered is not touched"


def test_what_nothing_can_be_taken_from_is_left_out_whole() -> None:
    shown, (told,) = shortened({f"key-{at}": at for at in range(100)}, 50)
    assert shown is None
    assert told.startswith("all of it: ")
