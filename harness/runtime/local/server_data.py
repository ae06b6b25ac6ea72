"""Data of running Postgres servers: a folder a drill, and what a killed server leaves beside it.

The folders lie in the cache, which all homes share. Each has a lock that its drill's host holds,
and that the kernel lets go of however the host ends: whoever can take it may throw the folder away,
from whichever home the next drill starts.

Postgres keeps one System V segment a server, by which it knows that another one uses its data. It
outlives a killed server unless an IPC namespace ends with it; `postmaster.pid` says which it is.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from harness import limits
from harness.errors import EnvironmentMissing
from harness.runtime.procfs import PROC, maps, pids, uses
from harness.runtime.programs.cache import cache_dir, make_folder, unfinished, unprivileged_user
from harness.waiting import wait_until_sync

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  where POSIX has it on Linux
POSTGRES_OBJECTS = "PostgreSQL.*"
MAKER_LINE, SEGMENT_LINE = 0, 6
"""Of `postmaster.pid`, from 0: the server's process; key and number of its segment."""
IPC_RMID = 0
UNCLAIMED_S = 3600
"""A folder without a lock is of an older version, or was being made when its host was killed."""
CLOCK_STEP_S = 1.0


def folder_of(run_dir: Path) -> Path:
    """Where a drill's data lies: next to what it is copied from, within the server's reach.

    A drill's own directory may lie in a home that the server's user cannot enter.
    """
    digest = hashlib.sha256(str(run_dir.resolve()).encode()).hexdigest()[:8]
    return cache_dir() / "running" / f"{run_dir.name}-{digest}"


def claim(folder: Path) -> IO[str]:
    """The lock of a folder, held until it is closed, or this process ends. Blocking."""

    def claimed() -> IO[str] | None:
        lock = _lock_of(folder).open("a")
        if _taken(lock) and _is(lock, _lock_of(folder)):
            return lock
        lock.close()  # a sweep is about to remove it
        return None

    make_folder(folder.parent)
    return wait_until_sync(claimed, timeout_s=limits.KILL_S, what=f"the lock of {folder}")


def discard(folder: Path) -> None:
    """Throw away the data of a server that is gone, and its segment. Blocking.

    Where the last of its processes is not gone in time, it stays, for a later sweep: without it
    nobody would know the segment.
    """
    if not _has_ended(folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    _lock_of(folder).unlink(missing_ok=True)


def discard_unfinished(part: Path) -> None:
    """Throw away a folder that was being filled when its process was killed. Blocking."""
    if not _has_ended(part / "data"):
        return
    if (part / "data").is_dir():
        remove_objects(part)
    shutil.rmtree(part, ignore_errors=True)


def sweep() -> None:
    """Throw away what every drill, of any home, left in the cache whose host is gone. Blocking."""
    try:
        cache = cache_dir()
    except EnvironmentMissing:
        return  # nothing was left in a cache that cannot be had; who needs it, says so
    for part in unfinished(cache):
        discard_unfinished(part)
    running = cache / "running"
    for path in running.glob("*.lock"):
        with contextlib.suppress(OSError), path.open("a") as lock:
            if _taken(lock):
                discard(path.with_suffix(""))
    for folder in running.glob("*"):
        with contextlib.suppress(OSError):
            if folder.is_dir() and not _lock_of(folder).exists() and _is_forgotten(folder):
                discard(folder)


def remove_segment(data: Path) -> bool:
    """Remove the System V segment of a killed server, known by its owner, and by key and number or
    by the process that made it.

    A server whose backend was killed before it makes itself a new one, and is killed, too, before
    it has noted that. False while a process of that server still has it.
    """
    try:
        lines = (data / "postmaster.pid").read_text(encoding="ascii").splitlines()
        maker = abs(int(lines[MAKER_LINE]))  # negative where there is one process only
    except (OSError, ValueError, IndexError):
        return True
    noted = [line.split() for line in lines[SEGMENT_LINE : SEGMENT_LINE + 1]]
    found = [
        segment
        for segment in _segments()
        if segment["uid"] == _server_uid()
        and (segment["cpid"] == maker or [str(segment["key"]), str(segment["shmid"])] in noted)
    ]
    for segment in found:
        if not segment["nattch"]:
            ctypes.CDLL(None).shmctl(segment["shmid"], IPC_RMID, None)
    return not any(segment["nattch"] for segment in found)


def remove_objects(part: Path) -> None:
    """Remove POSIX shared memory of an `initdb` that was killed as it filled `part`.

    `initdb` knows no other kind. Its objects are known by their owner, by the time at which it was
    at work, and by this: no process has them.
    """
    times = [path.lstat().st_mtime for path in part.rglob("*")]
    if not times:
        return
    # In this order: what a server makes while we look is not among what may be removed.
    candidates = list(SHARED_MEMORY.glob(POSTGRES_OBJECTS))
    in_use = {path for pid in pids() for path in maps(pid)}
    for path in candidates:
        with contextlib.suppress(OSError):
            found = path.lstat()
            then = min(times) - CLOCK_STEP_S <= found.st_mtime <= max(times) + CLOCK_STEP_S
            if then and found.st_uid == _server_uid() and str(path) not in in_use:
                path.unlink()


def _has_ended(data: Path) -> bool:
    """Wait for a server's last process to let go of its segment, which is removed."""
    try:
        return wait_until_sync(
            lambda: remove_segment(data), timeout_s=limits.KILL_S, what="a server to end"
        )
    except TimeoutError:
        return False


def _server_uid() -> int:
    user = unprivileged_user()
    return os.geteuid() if user is None else user.uid


def _segments() -> Iterator[dict[str, int]]:
    try:
        names, *rows = (PROC / "sysvipc" / "shm").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return
    for row in rows:
        yield dict(zip(names.split(), map(int, row.split()), strict=False))


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is(lock: IO[str], path: Path) -> bool:
    """Whether the open file still has that name."""
    try:
        return path.stat().st_ino == os.fstat(lock.fileno()).st_ino
    except FileNotFoundError:
        return False


def _is_forgotten(folder: Path) -> bool:
    old = time.time() - folder.stat().st_mtime > UNCLAIMED_S
    return old and not any(uses(pid, folder) for pid in pids())
