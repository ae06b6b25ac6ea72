"""Two matrices beside each other: what was decided must be the same on both runtimes.

Times and counts of pages may differ between runtimes; what a cell says may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
ABSENT = "-"


def cells(row: Row) -> dict[str, str]:
    """The decisions of one row, by the name of their column."""
    found = row.get("source_found")
    return {
        "paged": "yes" if row.get("page_s") is not None else "no",
        "evidence": ABSENT if found is None else "found" if found else "missing",
        "rollback": _healed(row.get("rollback")),
        "code fix": _healed(row.get("fix")),
        **{
            f"cheat {one['patch']}": "accepted" if one["passed"] else "rejected"
            for one in row.get("cheats", [])
        },
        "left behind": "something" if row.get("leftovers") else "nothing",
        "verdict": "fails" if row["shortfalls"] else "holds",
    }


def disagreements(matrix: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Each cell of `matrix` that says otherwise in `other`; rows that `other` lacks included."""
    here, there = _runtime(matrix), _runtime(other)
    known = [*other["rows"], *other.get("earlier", [])]
    others = {_key(row, other): cells(row) for row in known}
    differences = []
    for row in matrix["rows"]:
        name, seed = _key(row, matrix)
        if (name, seed) not in others:
            differences.append(f"{name}, seed {seed}: {there} has no such row")
            continue
        ours, theirs = cells(row), others[name, seed]
        for column in ours | theirs:
            mine, its = ours.get(column, ABSENT), theirs.get(column, ABSENT)
            if mine != its:
                differences.append(f"{name}, {column}: {mine} on {here}, {its} on {there}")
    return differences


def _key(row: Row, matrix: Mapping[str, Any]) -> tuple[str, int]:
    return row["scenario"], row.get("seed", matrix["seed"])


def _runtime(matrix: Mapping[str, Any]) -> str:
    return str(matrix.get("runtime", "local"))


def _healed(trial: Mapping[str, Any] | None) -> str:
    if trial is None:
        return ABSENT
    return "healed" if trial["passed"] else "not healed"
