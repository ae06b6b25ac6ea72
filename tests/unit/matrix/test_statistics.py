"""Shares over the rows of a matrix, and how sure they are."""

from __future__ import annotations

from typing import Any

import pytest

from harness.matrix.intervals import wilson
from harness.matrix.statistics import Figure, figures

GAVE_NO_ANSWER: dict[str, Any] = {"faults": 1, "expects_page": True, "shortfalls": ["no answer"]}


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (5, 5, 0.566, 1.0),
        (0, 5, 0.0, 0.434),
        (45, 50, 0.786, 0.957),
        (1, 2, 0.095, 0.905),
    ],
)
def test_wilsons_interval_of_known_shares(good: int, of: int, low: float, high: float) -> None:
    found = wilson(good, of)
    assert found == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_an_interval_holds_its_share_and_narrows_with_more_tries() -> None:
    for of in (1, 3, 10, 100):
        for good in range(of + 1):
            low, high = wilson(good, of)
            assert 0 <= low <= good / of <= high <= 1
    (few_low, few_high), (many_low, many_high) = wilson(9, 10), wilson(90, 100)
    assert few_low < many_low < many_high < few_high


def test_a_share_is_held_against_what_is_asked() -> None:
    assert Figure("x", 9, 10, at_least=0.9).holds
    assert not Figure("x", 8, 10, at_least=0.9).holds
    assert Figure("x", 0, 0).holds


def shares(rows: list[dict[str, Any]], player: str) -> dict[str, tuple[int, int]]:
    return {one.name: (one.good, one.of) for one in figures(rows, player)}


def test_the_responders_rows_count_each_fault() -> None:
    two = {
        "faults": 2,
        "expects_page": True,
        "page_s": 6.0,
        "services_named": [True, True],
        "mechanisms_named": [True, False],
        "proven": True,
        "innocent": [],
    }
    calm = {"faults": 0, "expects_page": False, "pages": 0, "proven": True, "innocent": []}
    found = shares([two, calm, GAVE_NO_ANSWER], "responder")
    assert found["paged"] == (1, 2)
    assert found["service named"] == (2, 3)
    assert found["mechanism named"] == (1, 3)
    assert found["mitigated and proven"] == (1, 2)
    assert found["silent where nothing is wrong"] == (1, 1)
    assert found["innocent services left alone"] == (2, 3)


def test_a_stack_that_gave_no_answer_counts_against_the_reference() -> None:
    found = shares([GAVE_NO_ANSWER], "reference")
    assert found["paged"] == found["healed by rollback"] == found["healed in code"] == (0, 1)
    assert "cheats rejected" not in found, "there was none"


def test_a_page_in_a_silent_drill_is_a_false_one() -> None:
    noisy = {"faults": 0, "expects_page": False, "pages": 1}
    assert shares([noisy], "reference")["silent where nothing is wrong"] == (0, 1)
