"""Tables and lines fit the terminal that they are shown in, and lose nothing in a pipe."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from harness.terminal import fitted, line, moment, number, screen, table

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


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, columns: int = 80) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")


PROSE = f"    the books do not add up {'and people wait ' * 9}http://127.0.0.1:8900/x"


def test_a_line_longer_than_the_terminal_goes_on_below_further_in_with_all_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_a_terminal(monkeypatch)
    line(PROSE)
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80
    assert len(shown) > 1
    assert all(text.startswith("        ") for text in shown[1:])
    assert " ".join(shown).split() == PROSE.split()


def test_a_pipe_gets_it_in_one_line_and_code_keeps_its_own_breaks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line(PROSE)
    assert capsys.readouterr().out == f"{PROSE}\n"
    at_a_terminal(monkeypatch)
    line(PROSE, is_code=True)
    assert capsys.readouterr().out == f"{PROSE}\n"


def test_an_address_that_is_longer_than_the_terminal_is_not_broken() -> None:
    address = f"http://127.0.0.1:8900/#token={'k' * 80}"
    assert fitted(f"console: {address}", 60) == ["console:", f"    {address}"]


def test_what_was_logged_gets_no_colour_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(screen, "color", "always")
    line("\x1b[2Jgone", "bad")
    assert capsys.readouterr().out == "\x1b[31m\\x1b[2Jgone\x1b[m\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (709213.4, "709,213"),
        (12.3456, "12.35"),
        (0.0000712, "0.0000712"),
        (0.0, "0"),
        (-1402.0, "-1,402"),
        (float("nan"), "NaN"),
        (float("inf"), "Inf"),
    ],
)
def test_a_figure_is_written_as_people_write_it(value: float, written: str) -> None:
    assert number(value) == written


NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


def test_a_time_of_today_needs_no_day_and_one_of_another_day_has_it() -> None:
    assert moment(datetime(2026, 3, 5, 3, 2, 1, tzinfo=UTC), NOW) == "03:02:01"
    assert moment(datetime(2026, 3, 3, 17, 45, tzinfo=UTC), NOW) == "3 Mar 17:45:00"
