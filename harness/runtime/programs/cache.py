"""Where fetched programs and prepared databases are kept, and who can reach them."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import limits
from harness.errors import EnvironmentMissing
from harness.waiting import wait_until

SYSTEM_CACHE = Path("/var/cache/threeam")
UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class User:
    """Whom a process runs as."""

    uid: int
    gid: int


def unprivileged_user() -> User | None:
    """Whom Postgres runs as: `nobody` where we are root, which it refuses; else None, ourselves."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED)
    return User(entry.pw_uid, entry.pw_gid)


def reachable(path: Path, user: User | None) -> bool:
    """True where `user` may pass through every existing directory on the way to `path`."""
    if user is None:
        return True
    for folder in (path, *path.parents):
        try:
            status = folder.stat()
        except FileNotFoundError:
            continue
        own, group = status.st_uid == user.uid, status.st_gid == user.gid
        needed = 0o100 if own else 0o010 if group else 0o001
        if folder.is_dir() and not status.st_mode & needed:
            return False
    return True


def cache_dir() -> Path:
    """The cache, made if need be: $THREEAM_CACHE, else $XDG_CACHE_HOME/threeam.

    For root that lies in a home that `nobody` cannot enter; then it is /var/cache/threeam.
    Raises EnvironmentMissing where $THREEAM_CACHE itself is out of that user's reach.
    """
    if explicit := os.environ.get("THREEAM_CACHE"):
        path = Path(explicit).absolute()
        if not reachable(path, unprivileged_user()):
            raise EnvironmentMissing(
                f"{UNPRIVILEGED}, who runs Postgres here, cannot enter THREEAM_CACHE ({path})",
                "set it to a directory that everyone can enter, or unset it",
            )
    else:
        home = os.environ.get("XDG_CACHE_HOME")
        path = (Path(home) if home else Path.home() / ".cache") / "threeam"
        if not reachable(path, unprivileged_user()):
            path = SYSTEM_CACHE
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def made_whole(target: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `target` only when the block succeeds.

    Where somebody else was faster, theirs stays. What a killed process leaves never counts.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent))
    try:
        folder.chmod(0o755)
        yield folder
        try:
            folder.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def only_one(lock: Path) -> AsyncIterator[None]:
    """Hold a lock file; a process that dies lets go of it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:

        async def locked() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        await wait_until(locked, timeout_s=limits.PREPARE_LOCK_S, what=f"{lock} to be released")
        yield
