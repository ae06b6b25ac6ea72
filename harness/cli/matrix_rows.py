"""Rows of the matrix in words, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def short(row: Row, player: str) -> dict[str, Any]:
    """A row as the cells of a line."""
    told = _of_the_responder(row) if player == "responder" else _of_the_reference(row)
    return {
        "scenario": row["scenario"],
        "seed": row["seed"],
        "page": None if row.get("page_s") is None else f"{row['page_s']:.1f} s",
        "pages": row.get("pages"),
        **told,
        "left": len(row.get("leftovers", [])),
        "took": f"{row['took_s']:.0f} s",
        "verdict": _verdict(row),
    }


def figure_cells(figure: Mapping[str, Any]) -> dict[str, str]:
    """A figure as the cells of a line."""
    return {
        "figure": figure["figure"],
        "seen": f"{figure['good']} of {figure['of']}",
        "95 %": f"{figure['low']:.0%} to {figure['high']:.0%}",
        "asked": f"{figure['at_least']:.0%}",
        "holds": "yes" if figure["holds"] else "NO",
    }


def count(answers: Sequence[bool] | None) -> str:
    """`yes` or `no` of one thing, `1 of 2` of several, `-` of none."""
    if not answers:
        return "-"
    if len(answers) == 1:
        return "yes" if answers[0] else "NO"
    return f"{sum(answers)} of {len(answers)}"


def _of_the_responder(row: Row) -> dict[str, Any]:
    innocent = row.get("innocent", [])
    return {
        "service": count(row.get("services_named")),
        "mechanism": count(row.get("mechanisms_named")),
        "proven": row.get("proven"),
        "innocent touched": ", ".join(innocent) or "none",
    }


def _of_the_reference(row: Row) -> dict[str, Any]:
    cheats = row.get("cheats", [])
    rejected = sum(not cheat["passed"] for cheat in cheats)
    return {
        "source": row.get("source_found"),
        "broken at page": len(row.get("failing_before", [])),
        "rollback": _word(row.get("rollback")),
        "fix": _word(row.get("fix")),
        "cheats rejected": f"{rejected}/{len(cheats)}" if cheats else "-",
    }


def _verdict(row: Row) -> str:
    if row["shortfalls"]:
        return "FAILS"
    return "ok, repeated alone" if row.get("repeated_since") else "ok"


def _word(trial: Mapping[str, Any] | None) -> str:
    if trial is None:
        return "-"
    return "healed" if trial["passed"] else "NOT healed"
