"""What the instructor picks the next drill from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.catalog.difficulty import Level
from harness.catalog.reader import Catalog
from harness.drill.queries.scenario_picker import pickable_scenarios
from harness.errors import BadFile
from harness.paths import REPO

ROW = {
    "scenario": "deadlock",
    "page_s": 10.2,
    "source_found": True,
    "rollback": {"patch": "rollback", "passed": True},
    "fix": {"patch": "fix.patch", "passed": False},
    "cheats": [{"patch": "1.patch", "passed": False}, {"patch": "2.patch", "passed": True}],
    "shortfalls": ["the code fix does not heal: longest_wait_ms"],
}


def scenarios(matrix: Path) -> dict[str, Any]:
    return {one["id"]: one for one in pickable_scenarios(Catalog(REPO), matrix)["scenarios"]}


def test_each_scenario_comes_with_what_was_tried_of_it_here(tmp_path: Path) -> None:
    matrix = tmp_path / "matrix.json"
    matrix.write_text(json.dumps({"rows": [ROW]}))
    found = scenarios(matrix)
    assert found["deadlock"]["proof"] == {
        "holds": False,
        "shortfalls": ["the code fix does not heal: longest_wait_ms"],
        "page_s": 10.2,
        "found": True,
        "rollback": True,
        "fix": False,
        "cheats": 2,
        "cheats_rejected": 1,
    }
    assert found["float-drift"]["proof"] is None
    assert pickable_scenarios(Catalog(REPO), matrix)["tried_at"]


def test_how_hard_it_is_is_a_word_and_nothing_where_nothing_is_wrong(tmp_path: Path) -> None:
    found = scenarios(tmp_path / "matrix.json")
    assert found["healthy"]["difficulty"] is None
    assert found["two-faults"]["difficulty"] in tuple(Level)


def test_of_several_seeds_the_one_that_fell_short_counts(tmp_path: Path) -> None:
    matrix = tmp_path / "matrix.json"
    matrix.write_text(json.dumps({"rows": [ROW, ROW | {"shortfalls": []}]}))
    assert not scenarios(matrix)["deadlock"]["proof"]["holds"]
    matrix.write_text(json.dumps({"rows": [ROW | {"shortfalls": []}]}))
    assert scenarios(matrix)["deadlock"]["proof"]["holds"]


def test_what_an_earlier_run_at_the_same_commit_found_is_offered_too(tmp_path: Path) -> None:
    matrix = tmp_path / "matrix.json"
    matrix.write_text(json.dumps({"rows": [], "earlier": [ROW]}))
    assert scenarios(matrix)["deadlock"]["proof"]["cheats"] == 2


def test_where_nothing_was_tried_nothing_is_claimed(tmp_path: Path) -> None:
    missing = tmp_path / "matrix.json"
    assert {one["proof"] for one in scenarios(missing).values()} == {None}
    picked = pickable_scenarios(Catalog(REPO), missing)
    assert picked["tried_at"] is None
    assert picked["agendas"]["workshop-60"] == "Workshop, 60 minutes"


@pytest.mark.parametrize("content", ["not json", "[]", '{"rows": [{}]}'])
def test_a_matrix_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    matrix = tmp_path / "matrix.json"
    matrix.write_text(content)
    with pytest.raises(BadFile, match=r"matrix\.json: not a matrix"):
        scenarios(matrix)
