"""Whether another user of the machine could read anything of a drill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

OTHERS = 0o077


def everything_in(folder: Path) -> Iterator[Path]:
    """`folder` and all that is below it; links are not followed."""
    yield folder
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent) / name for name in (*folders, *files))


def open_to_others(folder: Path) -> list[str]:
    """What in `folder` has a permission for group or others, with its mode."""
    found = []
    for path in everything_in(folder):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue  # a live drill removes files of its own
        if not path.is_symlink() and status.st_mode & OTHERS:
            found.append(f"{path.relative_to(folder.parent)} {status.st_mode & 0o777:o}")
    return found
