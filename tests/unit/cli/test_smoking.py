"""The matrix of one runtime held against another's."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from harness.catalog import Catalog
from harness.cli import smoking
from harness.cli.agreement import cells, disagreements
from harness.cli.matrix_page import render_page
from harness.errors import UnknownName, UsageError
from harness.paths import REPO

ROW = {
    "scenario": "deadlock",
    "alerts": {"HighErrorRate": 6.1},
    "page_s": 6.1,
    "pages": 1,
    "source_found": True,
    "failing_before": ["success"],
    "rollback": {"patch": "rollback", "passed": True, "failing": [], "error": ""},
    "fix": {"patch": "fix.patch", "passed": True, "failing": [], "error": ""},
    "cheats": [{"patch": "hide.patch", "passed": False, "failing": ["success"], "error": ""}],
    "shortfalls": [],
    "leftovers": [],
    "took_s": 61.0,
}


def matrix(runtime: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"runtime": runtime, "seed": 1, "took_s": 61.0, "rows": list(rows)}


def test_matrices_agree_where_only_times_differ() -> None:
    slower = copy.deepcopy(ROW) | {"page_s": 11.0, "took_s": 140.0, "pages": 2}
    assert disagreements(matrix("compose", slower), matrix("local", ROW)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"page_s": None}, "deadlock, paged: no on compose, yes on local"),
        ({"source_found": False}, "deadlock, evidence: missing on compose, found on local"),
        ({"rollback": None}, "deadlock, rollback: - on compose, healed on local"),
        ({"cheats": []}, "deadlock, cheat hide.patch: - on compose, rejected on local"),
        ({"leftovers": ["x"]}, "deadlock, left behind: something on compose, nothing on local"),
        ({"shortfalls": ["x"]}, "deadlock, verdict: fails on compose, holds on local"),
    ],
)
def test_a_cell_that_says_otherwise_is_named(change: dict[str, Any], said: str) -> None:
    assert disagreements(matrix("compose", ROW | change), matrix("local", ROW)) == [said]


def test_a_row_that_the_other_lacks_is_named() -> None:
    assert disagreements(matrix("compose", ROW), matrix("local")) == [
        "deadlock: local has no such row"
    ]


def test_a_stack_that_gave_no_answer_has_cells_too() -> None:
    row = {"scenario": "deadlock", "shortfalls": ["the stack gave no answer"], "leftovers": []}
    assert cells(row)["verdict"] == "fails"
    assert cells(row)["rollback"] == "-"


def test_the_page_names_the_runtime() -> None:
    assert "Runtime compose" in render_page(matrix("compose", ROW))


def test_a_row_is_a_scenario_a_family_is_its_scenarios_and_all_is_everything() -> None:
    catalog = Catalog(REPO)
    assert smoking.rows_of(catalog, "deadlock") == ["deadlock"]
    assert smoking.rows_of(catalog, "outage-3am") == list(catalog.family("outage-3am").one_of)
    assert smoking.rows_of(catalog, "all") == catalog.scenario_ids()
    with pytest.raises(UnknownName, match="outage-3pm"):
        smoking.rows_of(catalog, "outage-3pm")


def test_containers_run_one_stack_at_a_time() -> None:
    assert smoking.jobs_of("compose", None) == 1
    assert smoking.jobs_of("local", None) == 2
    with pytest.raises(UsageError, match="one stack at a time"):
        smoking.jobs_of("compose", 2)


async def test_a_runtime_that_does_not_exist_is_refused_before_anything_runs(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnknownName, match="runtime 'compos'"):
        await smoking.smoke("healthy", runtime="compos", seed=1, jobs=None, output=tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_the_matrix_of_compose_is_held_against_the_local_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = ROW | {"rollback": {**ROW["rollback"], "passed": False}}  # type: ignore[dict-item]

    async def all_rows(*_: object) -> list[dict[str, Any]]:
        return rows

    monkeypatch.setattr(smoking, "SMOKE", tmp_path)
    monkeypatch.setattr(smoking, "_run_all", all_rows)

    async def run(runtime: str) -> bool:
        return await smoking.smoke(
            "deadlock", runtime=runtime, seed=1, jobs=None, output=smoking.output_of(runtime)
        )

    rows = [ROW]
    assert await run("compose")
    assert "not compared" in capsys.readouterr().err
    assert await run("local")
    assert await run("compose")
    assert "every cell of 1 rows is as on the local runtime" in capsys.readouterr().err
    rows = [broken]
    assert not await run("compose")
    assert "differs: deadlock, rollback" in capsys.readouterr().err
