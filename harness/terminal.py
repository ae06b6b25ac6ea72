"""Saying things at the terminal: data to stdout, talk to stderr.

A terminal gets lines that fit it, broken between words, and colour; a pipe gets all as it is.
"""

from __future__ import annotations

import io
import json
import math
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Annotated, Any, TextIO

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


TONES = {"bad": "31", "warn": "33", "good": "32", "hunk": "36", "strong": "1", "quiet": "2"}
"""What a line's colour says, as ANSI's number for it."""


@dataclass
class Screen:
    """What is known of the reader's terminal beyond what stdout itself tells."""

    color: str = "auto"
    """`always`, `never`, or `auto`: at a terminal that has colours, and not with NO_COLOR."""
    paged_columns: int | None = None
    """Columns of the terminal behind the pager, while stdout is a pipe into one."""

    @property
    def is_terminal(self) -> bool:
        """Whether stdout is shown at a terminal, at once or by a pager."""
        return self.paged_columns is not None or sys.stdout.isatty()

    @property
    def has_color(self) -> bool:
        if self.color != "auto":
            return self.color == "always"
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return self.is_terminal and not plain


screen = Screen()


def take_any_text() -> None:
    """Let both streams show what their encoding lacks as an escape; it would end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Talk: progress and advice, on stderr. Where nobody can listen, the work goes on."""
    with suppress(OSError):
        for part in text.split("\n"):
            for shown in fitted(part, _columns(sys.stderr)):
                print(shown, file=sys.stderr, flush=True)  # noqa: T201


def line(text: str = "", tone: str = "", *, is_code: bool = False) -> None:
    """Data: one line on stdout, control characters made visible; longer than the terminal, it goes
    on below, unless its breaks are part of it (`is_code`). Raises OSError."""
    room = math.inf if is_code else terminal_width()
    for part in printable(text).split("\n"):
        for shown in fitted(part, room):
            _print(_painted(shown, tone))


def fitted(text: str, room: float) -> list[str]:
    """`text` in lines of at most `room` columns, broken between words, never in one: what it names
    can be copied. What goes on below stands further in."""
    if len(text) <= room:
        return [text]
    margin = " " * (len(text) - len(text.lstrip(" ")))
    return textwrap.wrap(
        text,
        int(room),
        subsequent_indent=f"{margin}    ",
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )


def _painted(text: str, tone: str) -> str:
    if not (tone and text and screen.has_color):
        return text
    return f"\x1b[{TONES[tone]}m{text}\x1b[m"


def data(value: Any) -> None:
    """Data as indented JSON on stdout. Raises OSError."""
    _print(json.dumps(value, indent=2, default=str))


def data_line(value: Mapping[str, Any]) -> None:
    """One of several answers, as a line of JSON on stdout. Raises OSError."""
    _print(json.dumps(value, default=str))


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


def show_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], margin: str = "") -> None:
    """`table` on stdout, each line after `margin`. Raises OSError."""
    for number, text in enumerate(table(rows, columns, terminal_width() - len(margin))):
        line(f"{margin}{text}", "" if number else "strong")


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
    while (narrowed := _narrowed(cells, widths[:shown], room)) is None and shown > 1:
        shown -= 1
    widths = narrowed or widths[:shown]
    lines = [text for row in cells for text in _lines(row[:shown], widths)]
    if left_out := columns[shown:]:
        more = f"not shown here: {', '.join(left_out)}; with a wider terminal or --json"
        lines += textwrap.wrap(more, int(room))
    return lines


GAP = "  "
PROSE_MIN = 20
"""Narrower than that, prose is a column of single words."""


def terminal_width() -> float:
    """Columns of the terminal on stdout; without end where that is a file or a pipe."""
    return _columns(sys.stdout)


def _columns(stream: TextIO) -> float:
    """Columns of the terminal on `stream`, or behind the pager; without end where there is none."""
    if screen.paged_columns is not None:
        return screen.paged_columns
    return shutil.get_terminal_size().columns if stream.isatty() else math.inf


def _narrowed(
    cells: Sequence[Sequence[str]], widths: Sequence[int], room: float
) -> list[int] | None:
    """Widths of these columns with which a row has room, the widest prose narrowed; or None."""
    narrowed = list(widths)
    prose = [i for i in range(len(widths)) if any(" " in row[i] for row in cells[1:])]
    while (over := sum(narrowed) + len(GAP) * (len(narrowed) - 1) - room) > 0:
        wide = [i for i in prose if narrowed[i] > PROSE_MIN]
        if not wide:
            return None
        widest = max(wide, key=lambda i: narrowed[i])
        narrowed[widest] = max(PROSE_MIN, narrowed[widest] - int(over))
    return narrowed


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
    return number(value) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """A measured figure as people write it: four digits below a thousand, whole and with commas
    above, never with an exponent. `709,213`, `12.35`, `0.000071`."""
    if not math.isfinite(value):
        return f"{value}".replace("nan", "NaN").replace("inf", "Inf")
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{Decimal(f'{value:.4g}'):f}"


def moment(at: datetime, now: datetime, form: str = "%H:%M:%S") -> str:
    """The time of day, in the zone that both have; with its day where that is not today."""
    day = "" if at.date() == now.date() else f"{at:%-d %b} "
    return day + at.strftime(form)
