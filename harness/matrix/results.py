"""The files of a matrix: written after every row, so that whoever ends it keeps what it found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.matrix.campaign import Campaign, Row
from harness.matrix.report import render_page
from harness.matrix.schedule import Held, write_held
from harness.matrix.statistics import figures

MATRIX, PAGE, HELD = "matrix.json", "matrix.html", "held.json"


class Kept:
    """The files of a matrix, as far as it has come."""

    def __init__(
        self,
        campaign: Campaign,
        asked: Sequence[tuple[str, int]],
        commit: str | None,
        held: Mapping[str, Held],
    ) -> None:
        """`asked` are the rows of the whole matrix, of which the campaign may run a part."""
        self.campaign, self.commit, self.held = campaign, commit, held
        self.asked = sorted(asked)
        self.earlier = rows_before(campaign.output / MATRIX, commit)

    def write(
        self, rows: Sequence[Row], left_out: list[Row], not_reached: list[Row], took_s: float
    ) -> dict[str, Any]:
        """The matrix of these rows, once it is on disk."""
        asked = self.campaign
        tried = {(row["scenario"], row["seed"]) for row in rows}
        matrix = {
            "runtime": asked.runtime,
            "player": asked.player,
            "seed": asked.seeds[0],
            "seeds": list(asked.seeds),
            "commit": self.commit,
            "shard": str(asked.shard) if asked.shard else None,
            "asked": [list(key) for key in self.asked],
            "took_s": round(took_s, 1),
            "figures": [one.to_json() for one in figures(rows, asked.player)],
            "left_out": left_out,
            "not_reached": not_reached,
            "rows": list(rows),
            "earlier": [row for row in self.earlier if (row["scenario"], row["seed"]) not in tried],
        }
        write_matrix(asked.output, matrix, self.held)
        return matrix


def write_matrix(output: Path, matrix: Mapping[str, Any], held: Mapping[str, Held]) -> None:
    """Write a matrix, its page, and what holds by it, into a folder that exists."""
    _replace(output / MATRIX, json.dumps(matrix, indent=2))
    _replace(output / PAGE, render_page(matrix))
    write_held(output / HELD, {**held, **_held_now(matrix["rows"], matrix["commit"])})


def _replace(path: Path, text: str) -> None:
    """All of it or nothing: somebody may look, or end us, at any moment."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def rows_before(path: Path, commit: str | None) -> list[Row]:
    """What the matrix before this one found at the same commit: to try one scenario again forgets
    nothing about the others."""
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        if commit is None or before["commit"] != commit:
            return []
        return [*before["rows"], *before["earlier"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _held_now(rows: Sequence[Row], commit: str | None) -> dict[str, Held]:
    """A scenario holds where all of its rows do."""
    failed = {row["scenario"] for row in rows if row["shortfalls"]}
    return {
        row["scenario"]: Held(None if row["scenario"] in failed else commit, row["took_s"])
        for row in rows
    }
