"""Saying things at the terminal: data to stdout, talk to stderr."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def take_any_text() -> None:
    """Let both streams show what their encoding lacks as an escape; it would end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Talk: progress and advice, on stderr. Where nobody can listen, the work goes on."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201


def line(text: str = "") -> None:
    """Data: one line on stdout, control characters made visible. Raises OSError."""
    _print(printable(text))


def data(value: Any) -> None:
    """Data as indented JSON on stdout. Raises OSError."""
    _print(json.dumps(value, indent=2, default=str))


def _print(text: str) -> None:
    try:
        print(text, flush=True)  # noqa: T201
    except OSError as error:
        # As a file's error would be: else nothing says what has no room.
        raise OSError(error.errno, error.strerror, "standard output") from error


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
