"""`drill sql`: every cell as it came, whatever its column is called."""

from __future__ import annotations

from typing import Any

import pytest

from harness.cli import query


class Answering:
    """A client whose answer is known."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert (path, body["database"]) == ("/v1/sql", "billing")
        return self.answer


def shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: dict[str, Any]
) -> list[list[str]]:
    monkeypatch.setattr(query, "participant", lambda: Answering(answer))
    query.sql("billing", "select 1")
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_cells_of_columns_with_one_name_stand_beside_each_other_unrounded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {
        "columns": ["?column?", "?column?", "?column?"],
        "rows": [[1, "1234567.891", None], [True, "a\x0bb", 12345678]],
        "cut": False,
    }
    assert shown(monkeypatch, capsys, answer) == [
        ["?column?", "?column?", "?column?"],
        ["1", "1234567.891", "-"],
        ["true", "a\\x0bb", "12345678"],
    ]


def test_columns_without_a_row_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {"columns": ["id", "total"], "rows": [], "cut": False}
    assert shown(monkeypatch, capsys, answer) == [["id", "total"]]
