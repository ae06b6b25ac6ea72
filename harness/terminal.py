"""Saying things at the terminal: data to stdout, talk to stderr."""

from __future__ import annotations

import io
import json
import math
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
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


def table(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], width: float | None = None
) -> list[str]:
    """Rows as aligned plain text, the column names first.

    At a terminal it is as wide as that (or `width`): prose is wrapped, and where that is not enough
    columns are left out from the right, which a last line names. Into a pipe goes all of it.
    """
    room = terminal_width() if width is None else width
    cells = [list(columns), *([_cell(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    shown = len(columns)
    while (fitted := _fitted(cells, widths[:shown], room)) is None and shown > 1:
        shown -= 1
    widths = fitted or widths[:shown]
    lines = [text for row in cells for text in _lines(row[:shown], widths)]
    if left_out := columns[shown:]:
        more = f"not shown here: {', '.join(left_out)}; with a wider terminal or --json"
        lines += textwrap.wrap(more, int(room))
    return lines


GAP = "  "
PROSE_MIN = 24
"""Narrower than that, prose is a column of single words."""


def terminal_width() -> float:
    """Columns of the terminal on stdout; without end where that is a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else math.inf


def _fitted(cells: Sequence[Sequence[str]], widths: Sequence[int], room: float) -> list[int] | None:
    """Widths of these columns with which a row has room, the widest prose narrowed; or None."""
    fitted = list(widths)
    prose = [i for i in range(len(widths)) if any(" " in row[i] for row in cells[1:])]
    while (over := sum(fitted) + len(GAP) * (len(fitted) - 1) - room) > 0:
        wide = [i for i in prose if fitted[i] > PROSE_MIN]
        if not wide:
            return None
        widest = max(wide, key=lambda i: fitted[i])
        fitted[widest] = max(PROSE_MIN, fitted[widest] - int(over))
    return fitted


def _lines(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """One row, each cell in its column, wrapped where it is longer."""
    wrapped = [
        [text] if len(text) <= width else textwrap.wrap(text, width)
        for text, width in zip(row, widths, strict=True)
    ]
    return [
        GAP.join(text.ljust(width) for text, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*wrapped, fillvalue="")
    ]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)
