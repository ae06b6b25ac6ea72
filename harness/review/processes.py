"""The few processes of a review, held by a guardian of their own, and where they work.

They work in `reviews/runs/<name>/` of a home, which is laid out as the runs of drills are, so that
what a killed review leaves is found and ended as theirs is.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.paths import PRIVATE_MODE
from harness.runtime.base import ProcessExit
from harness.runtime.local.leftovers import reap
from harness.runtime.local.sidecars import Sidecars
from harness.runtime.local.supervise import Guardian
from harness.runtime.ready import ReadyProbe

REVIEWS = "reviews"
LOCK = "lock"


@contextmanager
def work_folder(home: Path) -> Iterator[Path]:
    """A folder for one review, gone afterwards; what killed ones left is put in order before.

    Raises EnvironmentMissing where the home cannot be written to.
    """
    runs = home / REVIEWS / "runs"
    folder = runs / f"r-{secrets.token_hex(4)}"
    try:
        runs.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
        clear(home)
        folder.mkdir(mode=PRIVATE_MODE)
        lock = (folder / LOCK).open("w")
    except OSError as error:
        raise EnvironmentMissing(
            f"a review cannot work in {runs}: {error.strerror}",
            "set DRILL_HOME to a directory that you can write to",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def clear(home: Path) -> list[str]:
    """End and remove what reviews left whose process was killed; says what was ended."""
    runs = home / REVIEWS / "runs"
    if not runs.is_dir():
        return []
    ended = reap(home / REVIEWS)
    for folder in runs.iterdir():
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    return list(ended)


def _is_abandoned(folder: Path) -> bool:
    try:
        with (folder / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        # One that is just being made has none yet; it is looked at next time.
        return any(folder.iterdir()) if folder.is_dir() else False
    except OSError:
        return False
    return True


@asynccontextmanager
async def guarded(folder: Path) -> AsyncIterator[Sidecars]:
    """Processes that end with the block, and with this process however it ends."""
    guardian = await Guardian.start(folder.resolve())
    probe = ReadyProbe()
    sidecars = Sidecars(guardian, probe, _nobody_asks)
    try:
        yield sidecars
    finally:
        try:
            await sidecars.stop_all(sidecars.names)
            await sidecars.close()
            await probe.close()
        finally:
            await guardian.close()


def _nobody_asks(_: ProcessExit) -> None:
    """A part of a review that ends is missed when it is asked: the answer then says so."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
