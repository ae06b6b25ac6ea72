"""What an instructor can run next, and how sure it is to work: what the matrix found here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.catalog.difficulty import Difficulty, Level, difficulty_of
from harness.catalog.reader import Catalog
from harness.errors import BadFile
from harness.exercise.agenda_files import agenda_ids, load_agenda
from harness.paths import REPO
from harness.record.envelope import to_iso

MATRIX = REPO / "var" / "smoke" / "matrix.json"


def pickable_scenarios(catalog: Catalog, matrix: Path = MATRIX) -> dict[str, Any]:
    """Scenarios and agendas by name; `proof` is None where `drill smoke` has not tried it here,
    `difficulty` where nothing is wrong.

    Raises BadFile where the matrix cannot be read.
    """
    rows = _rows(matrix)
    return {
        "scenarios": [
            {
                "id": one.id,
                "title": one.title,
                "agenda": one.agenda,
                "faults": len(one.faults),
                "proof": _proof(rows[one.id]) if one.id in rows else None,
                "difficulty": _level(difficulty_of(catalog, one)),
            }
            for one in catalog.scenarios()
        ],
        "agendas": {id_: load_agenda(id_).title for id_ in agenda_ids()},
        "tried_at": _written_at(matrix),
    }


def _level(difficulty: Difficulty | None) -> Level | None:
    """The word alone: the facts that it follows from hint at the answer."""
    return difficulty.level if difficulty else None


def _rows(matrix: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = json.loads(matrix.read_text(encoding="utf-8"))
        rows = [*found["rows"], *found.get("earlier", [])]
        # Of several seeds one that fell short counts: a scenario is as sure as its worst row.
        worst_last = sorted(rows, key=lambda row: bool(row["shortfalls"]))
        return {row["scenario"]: row for row in worst_last}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile(matrix, None, f"not a matrix ({error})") from None


def _written_at(matrix: Path) -> str | None:
    try:
        return to_iso(datetime.fromtimestamp(matrix.stat().st_mtime, UTC))
    except OSError:
        return None


def _proof(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row: each thing that was tried with whether it held; None where it was not."""
    cheats = row.get("cheats", [])
    return {
        "holds": not row["shortfalls"],
        "shortfalls": row["shortfalls"],
        "page_s": row.get("page_s"),
        "found": row.get("source_found"),
        "rollback": _passed(row.get("rollback")),
        "fix": _passed(row.get("fix")),
        "cheats": len(cheats),
        "cheats_rejected": sum(not one["passed"] for one in cheats),
    }


def _passed(trial: Mapping[str, Any] | None) -> bool | None:
    return None if trial is None else trial["passed"]
