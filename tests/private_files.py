"""Whether another user of the machine could read anything of a drill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

OTHERS, WRITING = 0o077, 0o022
CHECKOUTS = "releases"
"""In a drill's folder, which others may not enter: what the user of a sealed release reads."""


def everything_in(folder: Path) -> Iterator[Path]:
    """`folder` and all that is below it; links are not followed."""
    yield folder
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent) / name for name in (*folders, *files))


def open_to_others(folder: Path) -> list[str]:
    """What in `folder` has a permission for group or others, with its mode; in a release's checkout
    that is one to write."""
    found = []
    for path in everything_in(folder):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue  # a live drill removes files of its own
        name = path.relative_to(folder.parent)
        refused = WRITING if CHECKOUTS in name.parent.parts else OTHERS
        if not path.is_symlink() and status.st_mode & refused:
            found.append(f"{name} {status.st_mode & 0o777:o}")
    return found
