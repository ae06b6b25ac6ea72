"""Tables fit the terminal that they are shown in, and lose nothing in a pipe."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from harness.terminal import table

COLUMNS = ["id", "title", "address"]
ROWS: list[dict[str, Any]] = [
    {"id": "d-1", "title": "The books no longer add up at all", "address": "http://127.0.0.1:8900"},
    {"id": "d-2", "title": "Baskets wait", "address": "http://127.0.0.1:8901"},
]


def test_into_a_pipe_goes_every_column_whole() -> None:
    lines = table(ROWS, COLUMNS)
    assert lines[1] == "d-1  The books no longer add up at all  http://127.0.0.1:8900"
    assert len(lines) == 3


def test_prose_is_wrapped_in_its_column_where_the_terminal_is_narrower() -> None:
    lines = table(ROWS, COLUMNS, 54)
    assert lines[1:3] == [
        "d-1  The books no longer add up  http://127.0.0.1:8900",
        "     at all",
    ]
    assert max(map(len, lines)) <= 54


def test_columns_are_left_out_and_named_where_wrapping_is_not_enough() -> None:
    lines = table(ROWS, COLUMNS, 40)
    assert not [text for text in lines if "http" in text]
    assert " ".join(lines[-2:]).startswith("not shown here: address; with a wider")
    assert max(map(len, lines)) <= 40


def test_an_address_is_never_broken() -> None:
    assert table(ROWS, ["address", "id"], 10)[1] == "http://127.0.0.1:8900"


@pytest.mark.parametrize("width", [30, 80, 200])
def test_whatever_the_width_no_word_of_what_is_shown_is_lost(width: int) -> None:
    shown = " ".join(" ".join(table(ROWS, ["id", "title"], width)).split())
    for row in ROWS:
        assert all(word in shown for word in row["title"].split())


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "54")
    assert table(ROWS, COLUMNS) == table(ROWS, COLUMNS, 54)
