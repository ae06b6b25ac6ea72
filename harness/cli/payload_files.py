"""What people write at length: from flags, from a JSON or TOML file, or from both."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.errors import BadFile, UsageError
from harness.exercise.entries import Entry

FILE_BYTES_MAX = 256_000
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--file", "-f", help="JSON or TOML with the same fields; - reads JSON from stdin."
    ),
]


def entry_of(model: type[Entry], file: Path | None, **flags: Any) -> dict[str, Any]:
    """The fields of `file`, and over them the flags that were given (not None, not empty).

    Raises BadFile, with the line, for what cannot be read, and UsageError for a field that `model`
    has not, or that it needs and neither gave.
    """
    body = read_fields(file) if file is not None else {}
    body.update({name: value for name, value in flags.items() if value not in (None, [], "", {})})
    model.require_fields(body, "type it (see --help), or put it into the --file")
    return body


def read_fields(file: Path) -> dict[str, Any]:
    """The table or object in a file. Raises BadFile."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        if len(raw) > FILE_BYTES_MAX:
            raise BadFile(file, None, f"it is larger than {FILE_BYTES_MAX} bytes")
        text = raw.decode()
        found = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise BadFile(file, None, error.strerror or str(error)) from error
    except json.JSONDecodeError as error:
        raise BadFile(file, error.lineno, error.msg, "JSON, or TOML in a .toml file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadFile(file, None, str(error), "TOML, or JSON in any other file") from error
    if not isinstance(found, dict):
        raise BadFile(file, 1, "it holds no fields", 'an object: {"field": …}')
    return found


def pairs(given: Iterable[str], separator: str, expected: str) -> list[tuple[str, str]]:
    """`name<separator>value` texts, taken apart. Raises UsageError that shows what is expected."""
    found = []
    for text in given:
        name, mark, value = text.partition(separator)
        if not mark or not name.strip() or not value.strip():
            raise UsageError(f"'{text}' is not of the form {expected}")
        found.append((name.strip(), value.strip()))
    return found
