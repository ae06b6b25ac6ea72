"""Figures are kept, and compared with those that were kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.bench import local
from harness.bench.table import compared, figure_row, save, saved
from harness.cli.machine import bench
from harness.errors import BadFile, UsageError

BEFORE = [figure_row("CPU of a, cores", 0.08), figure_row("restart, s", 0.1, at_most=0.2)]
AFTER = [figure_row("CPU of a, cores", 0.02), figure_row("fresh", 3.0)]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a bench said, whose figures are AFTER."""
    said: list[str] = []

    def run_bench(say: Any, *, only_processor: bool) -> list[dict[str, Any]]:
        said.append("the processor" if only_processor else "everything")
        return AFTER

    monkeypatch.setattr(local, "run_bench", run_bench)
    return said


def test_kept_figures_are_read_as_they_were(tmp_path: Path) -> None:
    save(BEFORE, tmp_path / "before.json")
    assert saved(tmp_path / "before.json") == BEFORE


def test_a_comparison_has_both_values_and_their_ratio_and_loses_no_figure() -> None:
    rows = {row["figure"]: row for row in compared(AFTER, BEFORE)}
    assert (rows["CPU of a, cores"]["before"], rows["CPU of a, cores"]["ratio"]) == (0.08, 0.25)
    assert (rows["fresh"]["before"], rows["fresh"]["ratio"]) == (None, None)
    assert (rows["restart, s"]["before"], rows["restart, s"]["measured"]) == (0.1, None)


def test_a_figure_that_was_nothing_has_no_ratio() -> None:
    (row,) = compared([figure_row("x", 1)], [figure_row("x", 0)])
    assert (row["before"], row["ratio"]) == (0, None)


def test_the_command_keeps_what_it_measured_and_shows_both(
    measured: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(BEFORE, tmp_path / "before.json")
    bench(save=tmp_path / "after.json", against=tmp_path / "before.json")
    assert saved(tmp_path / "after.json") == AFTER, "without what it was compared with"
    assert measured == ["everything"]
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["figure", "measured", "error", "before", "ratio", "bound", "holds"]
    assert lines[0].split() == ["CPU", "of", "a,", "cores", "0.02", "-", "0.08", "0.25", "yes"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"figure": "x"}]', '[{"measured": 1}]'])
def test_a_file_without_figures_is_refused_before_anything_is_measured(
    measured: list[str], tmp_path: Path, text: str
) -> None:
    file = tmp_path / "before.json"
    file.write_text(text)
    with pytest.raises(BadFile):
        bench(against=file)
    with pytest.raises(BadFile, match="No such file"):
        bench(against=tmp_path / "missing.json")
    with pytest.raises(BadFile, match="no such folder"):
        bench(save=tmp_path / "missing" / "after.json")
    assert measured == []


def test_what_was_printed_as_json_can_be_compared_with(
    measured: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench(as_json=True)
    (tmp_path / "printed.json").write_text(capsys.readouterr().out)
    assert saved(tmp_path / "printed.json") == json.loads(json.dumps(AFTER))


def test_the_processor_may_be_measured_alone_on_the_local_runtime_only(
    measured: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bench(only_processor=True)
    assert measured == ["the processor"]
    with pytest.raises(UsageError, match="local runtime only"):
        bench(runtime="compose", only_processor=True)
