"""Saying things at the terminal: data to stdout, talk to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def say(text: str) -> None:
    """Talk: progress and advice, on stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def line(text: str = "") -> None:
    """Data: one line on stdout, control characters made visible."""
    print(printable(text), flush=True)  # noqa: T201


def data(value: Any) -> None:
    """Data as indented JSON on stdout."""
    print(json.dumps(value, indent=2, default=str), flush=True)  # noqa: T201


def link_of(api_url: str, token: str) -> str:
    """The console's address with the key in its fragment, which browsers send to nobody."""
    return f"{api_url}/#token={token}"


def printable(text: str) -> str:
    """`text` with control characters (but tab and newline) shown as escapes."""
    return "".join(
        char if char in "\t\n" or char.isprintable() else repr(char)[1:-1] for char in text
    )


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    """Rows as aligned plain text, the column names first."""
    cells = [list(columns)]
    cells += [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)
