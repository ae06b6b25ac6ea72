"""Where things are: the repository, a home for drills, a cache for downloads."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent


def catalog_dir() -> Path:
    """The checkout whose faults and scenarios are offered: $DRILL_REPO, else this one."""
    return Path(os.environ.get("DRILL_REPO") or REPO)


def home_dir() -> Path:
    """The directory that holds runs and the active drill: $DRILL_HOME, else `var/` of the repo."""
    return Path(os.environ.get("DRILL_HOME") or REPO / "var").resolve()


ACTIVE = "active.json"
"""In a home: where the drill answers that runs from there."""
LOCK = "lock"
"""In a home: held by the host's process, and let go of by the kernel however that ends."""


def is_owned(home: Path) -> bool:
    """Whether a host lives in `home`; True, too, where that cannot be told.

    It holds the lock itself for a moment, which a host that is just starting waits for.
    """
    try:
        with (home / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


PRIVATE_MODE = 0o700
"""Of a folder that other users of the machine may not enter."""
PRIVATE_UMASK = 0o077


@contextmanager
def created_with(umask: int) -> Iterator[None]:
    """While inside, this process and those that it starts create files with `umask`."""
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)
