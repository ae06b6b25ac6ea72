"""`drill smoke merge`: the parts of a matrix put together, as if one machine had run all of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import BadFile, UsageError
from harness.matrix.results import MATRIX
from harness.matrix.shards import Key
from harness.matrix.statistics import figures

SAME = ("runtime", "player", "seeds", "commit", "asked")
"""What all parts of one matrix say alike."""


def merged(folders: Sequence[Path]) -> dict[str, Any]:
    """The matrix whose parts were left in these folders.

    Raises BadFile for a folder without a part, UsageError where parts do not belong together,
    overlap, or leave a row out.
    """
    parts = [_read(folder / MATRIX) for folder in folders]
    if not parts:
        raise UsageError("there is nothing to merge", "name the folders of all parts")
    first = parts[0]
    for folder, part in zip(folders, parts, strict=True):
        for what in SAME:
            if part[what] != first[what]:
                raise UsageError(
                    f"{folder} is of another matrix than {folders[0]}: {what} differs",
                    "run all parts with the same command at the same commit",
                )
    rows = _each_once(folders, parts)
    _require_all(first["asked"], rows)
    in_order = [rows[key] for key in sorted(rows)]
    return {
        **first,
        "shard": None,
        "took_s": max(part["took_s"] for part in parts),
        "figures": [one.to_json() for one in figures(in_order, first["player"])],
        "left_out": [],
        "not_reached": [],
        "rows": in_order,
        "earlier": [],
    }


def _read(path: Path) -> dict[str, Any]:
    hint = "a part is the folder that `drill smoke --shard … --output FOLDER` wrote"
    try:
        part = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(path, None, str(error.strerror), hint) from error
    except ValueError as error:
        raise BadFile(path, None, "it is not JSON", hint) from error
    needed = {*SAME, "rows", "took_s"}
    if not isinstance(part, dict) or (missing := needed - part.keys()):
        said = "it is no matrix" if not isinstance(part, dict) else f"it lacks {min(missing)}"
        raise BadFile(path, None, said, hint)
    return part


def _each_once(
    folders: Sequence[Path], parts: Sequence[Mapping[str, Any]]
) -> dict[Key, dict[str, Any]]:
    rows: dict[Key, dict[str, Any]] = {}
    whose: dict[Key, Path] = {}
    for folder, part in zip(folders, parts, strict=True):
        for row in part["rows"]:
            key = (row["scenario"], row["seed"])
            if key in rows:
                raise UsageError(
                    f"{key[0]} at seed {key[1]} is in {whose[key]} and in {folder}",
                    "name each part once",
                )
            rows[key], whose[key] = row, folder
    return rows


def _require_all(asked: Iterable[Sequence[Any]], rows: Mapping[Key, object]) -> None:
    missing = [f"{name}-{seed}" for name, seed in asked if (name, seed) not in rows]
    if missing:
        raise UsageError(
            f"rows are missing: {', '.join(missing)}",
            "name the folders of all parts; one that ran out of time has to run again",
        )
