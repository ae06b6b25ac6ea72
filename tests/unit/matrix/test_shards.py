"""A matrix in parts, and the parts put together."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.cli.main import app
from harness.errors import BadFile, UsageError
from harness.matrix import runner
from harness.matrix.campaign import Campaign
from harness.matrix.compare import disagreements
from harness.matrix.merging import merged
from harness.matrix.results import MATRIX, PAGE
from harness.matrix.row_stack import Stack
from harness.matrix.shards import PARTS_MAX, Shard, shard_of

ROWS = [(name, seed) for name in ("deadlock", "healthy", "n-plus-one") for seed in (1, 2, 3)]


@pytest.mark.parametrize("parts", [1, 2, 3, 4, 9])
def test_each_row_is_in_one_part_and_parts_differ_by_a_row_at_most(parts: int) -> None:
    shares = [Shard(number, parts).share(ROWS) for number in range(1, parts + 1)]
    assert sorted(key for share in shares for key in share) == ROWS
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_part_is_the_same_in_whatever_order_the_rows_come() -> None:
    assert Shard(2, 3).share(reversed(ROWS)) == Shard(2, 3).share(ROWS)


@pytest.mark.parametrize(
    "text", ["", "2", "0/3", "4/3", "1/0", "-1/3", "1/3/5", f"1/{PARTS_MAX + 1}"]
)
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no part of a matrix"):
        shard_of(text)


def test_a_part_is_written_as_it_is_read() -> None:
    assert str(shard_of("2/5")) == "2/5"


def played(name: str, seed: int) -> dict[str, Any]:
    """A row as a stack gives it; that of one fails."""
    return {
        "scenario": name,
        "seed": seed,
        "faults": 0,
        "expects_page": False,
        "pages": 0,
        "shortfalls": ["a page"] if name == "healthy" else [],
        "leftovers": [],
        "took_s": 60.0,
    }


@pytest.fixture(autouse=True)
def rows_without_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(self: Stack, slot: int) -> dict[str, Any]:
        return played(self.scenario, self.seed)

    monkeypatch.setattr(Stack, "run", run)


NAMES = ("deadlock", "healthy", "n-plus-one", "decoys-only")


def run_part(output: Path, shard: str | None, seeds: tuple[int, ...] = (1, 2)) -> Path:
    asked = None if shard is None else shard_of(shard)
    asyncio.run(runner.smoke(Campaign(NAMES, output, seeds=seeds, jobs=1, shard=asked)))
    return output


def test_parts_put_together_equal_the_whole_cell_by_cell(tmp_path: Path) -> None:
    whole = json.loads((run_part(tmp_path / "whole", None) / MATRIX).read_text())
    parts = [run_part(tmp_path / str(number), f"{number}/3") for number in (1, 2, 3)]
    together = merged(parts[::-1])
    assert disagreements(together, whole) == disagreements(whole, together) == []
    assert {**together, "took_s": 0} == {**whole, "took_s": 0}


def test_the_command_writes_table_and_page_and_fails_as_the_whole_does(tmp_path: Path) -> None:
    parts = [str(run_part(tmp_path / str(number), f"{number}/2")) for number in (1, 2)]
    output = tmp_path / "all"
    done = CliRunner().invoke(app, ["smoke", "merge", *parts, "--output", str(output)])
    assert done.exit_code == 1, "healthy paged"
    assert "8 rows" in done.output
    assert "NOT all hold" in done.output
    assert (output / PAGE).exists()


def test_parts_that_overlap_are_refused(tmp_path: Path) -> None:
    one, two = run_part(tmp_path / "1", "1/2"), run_part(tmp_path / "2", "2/2")
    with pytest.raises(UsageError, match=r"is in .*/1 and in .*/1"):
        merged([one, two, one])


def test_parts_that_leave_a_row_out_are_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="rows are missing: deadlock-2, decoys-only-2, healthy-2"):
        merged([run_part(tmp_path / "1", "1/2")])


def test_parts_of_different_matrices_are_refused(tmp_path: Path) -> None:
    one, two = run_part(tmp_path / "1", "1/2"), run_part(tmp_path / "2", "2/2", seeds=(1, 3))
    with pytest.raises(UsageError, match="seeds differs"):
        merged([one, two])


@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"rows": []}'])
def test_a_folder_without_a_part_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / MATRIX).write_text(content)
    with pytest.raises(BadFile, match=MATRIX):
        merged([tmp_path])


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(UsageError, match="nothing to merge"):
        merged([])


def test_a_part_without_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rows"):
        run_part(tmp_path, "9/9", seeds=(1,))
