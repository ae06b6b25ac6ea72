"""Reading TOML with the line of every key, so that errors can name it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.errors import BadFile

FILE_BYTES_MAX = 256_000
"""Of a TOML file of ours; a larger one is a mistake, and is not read."""
STATEMENT_LINES_MAX = 200
"""How far one value may reach before its line is given up; keeps bad input quick to refuse."""

KeyPath = tuple[str | int, ...]


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """The content of a TOML file, and its text, from which `key_lines` has the line of each key.

    Raises BadFile for what cannot be read: no such file, too large, not UTF-8, malformed.
    """
    text = _read_text(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, line = str(error), None
        if found := re.search(r" \(at line (\d+), column \d+\)$", message):
            message, line = message[: found.start()], int(found[1])
        elif message.endswith("(at end of document)"):
            line = text.count("\n") + 1
        raise BadFile(path, line, message) from error
    except RecursionError as error:
        raise BadFile(path, None, "it is nested too deeply") from error
    return content, text


def line_of(lines: dict[KeyPath, int], where: KeyPath) -> int | None:
    """The line of the key `where`, or of the nearest table around it."""
    for length in range(len(where), 0, -1):
        if where[:length] in lines:
            return lines[where[:length]]
    return None


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise BadFile(path, None, "there is no such file")
    with path.open("rb") as file:
        content = file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise BadFile(path, None, f"it is larger than {FILE_BYTES_MAX // 1000} kB")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile(path, line, "it is not UTF-8 text") from error


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line of each key path of a well-formed document.

    It takes ten times as long as reading the document: ask for it once something is wrong.
    """
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, statement, parsed in _statements(text):
        if not statement.startswith("["):
            _note_items(lines, table, statement, parsed, number)
            _note(lines, table, parsed, number)
            continue
        table = ()
        step: Any = parsed
        while isinstance(step, dict) and step:
            key, step = next(iter(step.items()))
            table = (*table, key)
            if isinstance(step, list):
                counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, number)
                table, step = (*table, counts[table]), step[0]
            elif table in counts:
                table = (*table, counts[table])
        lines.setdefault(table, number)
    return lines


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Each `[table]` or `key = value`, the line where it begins, and what it says alone."""
    pending: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not pending:
            start = number
        if len(pending) == STATEMENT_LINES_MAX:
            return
        pending.append(line)
        statement = "\n".join(pending)
        try:
            parsed = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        pending.clear()
        if parsed:
            yield start, statement.lstrip(), parsed


def _note_items(
    lines: dict[KeyPath, int], table: KeyPath, statement: str, parsed: dict[str, Any], number: int
) -> None:
    """The line of each item of a list that goes over several."""
    [(key, value)] = parsed.items()
    if not isinstance(value, list):
        return
    text = statement.split("\n")
    for length in range(1, len(text)):
        try:
            begun = tomllib.loads("\n".join([*text[:length], "]"]))[key]
        except tomllib.TOMLDecodeError:
            continue
        for index in range(len(begun)):
            lines.setdefault((*table, key, index), number + length - 1)


def _note(lines: dict[KeyPath, int], where: KeyPath, value: Any, number: int) -> None:
    if where:
        lines.setdefault(where, number)
    items = value.items() if isinstance(value, dict) else ()
    for key, inner in items:
        _note(lines, (*where, key), inner, number)
    if isinstance(value, list):
        for index, inner in enumerate(value):
            _note(lines, (*where, index), inner, number)
