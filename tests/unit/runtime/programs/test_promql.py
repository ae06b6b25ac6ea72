"""PromQL is parsed by promtool, in one go, and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.runtime.programs import promql
from harness.runtime.programs.external import ensure
from harness.runtime.programs.promql import syntax_errors

FINE = 'sum by (le) (rate(http_requests_total{service="orders"}[15s])) > 0'
UNCLOSED = "sum(rate(x[15s])"
NO_FUNCTION = "sumn(x) > 3"
SILENT = """#!/bin/sh
exit 1
"""


@pytest.fixture(scope="module", autouse=True)
def promtool() -> Path:
    return ensure("promtool")


def test_each_that_does_not_parse_comes_with_what_is_wrong(tmp_path: Path) -> None:
    assert syntax_errors([UNCLOSED, FINE, NO_FUNCTION], tmp_path / "parsed.json") == {
        UNCLOSED: "1:17: parse error: unclosed left parenthesis",
        NO_FUNCTION: '1:1: parse error: unknown function with name "sumn"',
    }


def test_what_has_parsed_is_not_asked_again_and_what_has_not_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "parsed.json"
    syntax_errors([FINE, UNCLOSED], kept)
    asked: list[list[str]] = []
    monkeypatch.setattr(promql, "_complaints", lambda _, new: asked.append(new) or {})
    syntax_errors([FINE, FINE, UNCLOSED], kept)
    syntax_errors([FINE], kept)
    assert asked == [[UNCLOSED]]


def test_another_promtool_parses_all_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "parsed.json"
    syntax_errors([FINE], kept)
    asked: list[list[str]] = []
    monkeypatch.setattr(promql, "_complaints", lambda _, new: asked.append(new) or {})
    monkeypatch.setattr(promql, "_identity", lambda _: "another")
    syntax_errors([FINE], kept)
    assert asked == [[FINE]]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"by": "x"}'])
def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    kept = tmp_path / "parsed.json"
    kept.write_text(content)
    assert list(syntax_errors([NO_FUNCTION], kept)) == [NO_FUNCTION]


def test_nothing_is_said_where_there_is_no_promtool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRILL_PROMTOOL", str(tmp_path / "nowhere"))
    assert syntax_errors([NO_FUNCTION], tmp_path / "parsed.json") == {}


def test_a_promtool_that_cannot_say_has_parsed_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, kept = tmp_path / "promtool", tmp_path / "parsed.json"
    program.write_text(SILENT)
    program.chmod(0o755)
    monkeypatch.setenv("DRILL_PROMTOOL", str(program))
    assert syntax_errors([FINE], kept) == {}
    assert not kept.exists()
