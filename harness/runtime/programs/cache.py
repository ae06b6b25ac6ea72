"""Where fetched programs and prepared databases are kept, and who can reach them."""

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness import limits
from harness.errors import EnvironmentMissing
from harness.waiting import wait_until

SYSTEM_CACHE = Path("/var/cache/threeam")
UNPRIVILEGED = "nobody"
PART = ".part"
JUST_MADE_S = 2.0
"""A folder is there a moment before its lock is."""
FOLDER_MODE = 0o755


@dataclass(frozen=True)
class User:
    """Whom a process runs as."""

    uid: int
    gid: int


def unprivileged_user() -> User | None:
    """Whom Postgres runs as: `nobody` where we are root, which it refuses; else None, ourselves.

    Raises EnvironmentMissing where root has no `nobody`.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EnvironmentMissing(
            f"Postgres refuses to run as root, and there is no user {UNPRIVILEGED} to run it",
            f"add one, or start the drill as an ordinary user: useradd -r {UNPRIVILEGED}",
        ) from None
    return User(entry.pw_uid, entry.pw_gid)


def require_account() -> None:
    """Raise EnvironmentMissing where whoever runs Postgres has no account, which initdb wants."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EnvironmentMissing(
            f"Postgres refuses to run as user {os.geteuid()}, who has no account on this machine",
            "start the drill as a user that /etc/passwd knows",
        ) from None
    unprivileged_user()


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
    Raises EnvironmentMissing where it cannot be made, or is out of that user's reach.
    """
    explicit = os.environ.get("THREEAM_CACHE")
    path = Path(explicit).absolute() if explicit else _cache_of_user()
    try:
        if not explicit and not reachable(path, unprivileged_user()):
            path = SYSTEM_CACHE
        make_folder(path)
        enters = reachable(path, unprivileged_user())
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    except OSError as error:
        raise EnvironmentMissing(
            f"the cache cannot be made at {path}: {error.strerror}",
            "set THREEAM_CACHE to a directory that can be written to",
        ) from error
    if not enters:
        raise EnvironmentMissing(
            f"{UNPRIVILEGED}, who runs Postgres here, cannot enter "
            f"{'THREEAM_CACHE' if explicit else 'the cache'} ({path})",
            "let everyone enter it (chmod a+x), or set THREEAM_CACHE to another directory",
        )
    return path


def _cache_of_user() -> Path:
    if home := os.environ.get("XDG_CACHE_HOME"):
        return Path(home).absolute() / "threeam"
    try:
        return Path.home() / ".cache" / "threeam"
    except RuntimeError:
        raise EnvironmentMissing(
            f"user {os.getuid()} has no home directory: neither HOME nor an account says one",
            "set THREEAM_CACHE to a directory that can be written to",
        ) from None


def make_folder(path: Path) -> None:
    """Make a folder of the cache with its parents, which all may enter whatever the umask is.

    Raises OSError. Folders that are there already stay as they are.
    """
    if not path.is_dir():
        make_folder(path.parent)
        with suppress(FileExistsError):
            path.mkdir()
            path.chmod(FOLDER_MODE)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


@contextmanager
def made_whole(target: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `target` only when the block succeeds.

    Where somebody else was faster, theirs stays. What a killed process leaves never counts, and is
    found by `unfinished`.
    """
    make_folder(target.parent)
    folder, lock = _claimed_part(target)
    try:
        folder.chmod(FOLDER_MODE)
        yield folder
        try:
            folder.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


def _claimed_part(target: Path) -> tuple[Path, int]:
    """A new folder beside `target`, and the lock that keeps sweeps away from it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.", suffix=PART, dir=target.parent))
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.is_dir():
                return folder, lock
            os.close(lock)
        # We were held up for so long that a sweep took it for one that was left.


def take_away(target: Path) -> None:
    """Remove a whole folder of the cache. Blocking. Whenever this is killed, what still bears the
    name is whole; the rest is found by `unfinished`."""
    part = Path(tempfile.mkdtemp(prefix=f"{target.name}.", suffix=PART, dir=target.parent))
    target.rename(part)
    shutil.rmtree(part, ignore_errors=True)


def unfinished(cache: Path) -> Iterator[Path]:
    """Folders in a cache that are not whole, and that nobody fills any more. Blocking: one that was
    made a moment ago is looked at again once somebody who fills it would have its lock."""
    for folder in cache.glob(f"*/*{PART}"):
        with suppress(OSError):
            _wait_for_its_lock(folder)
            with _nobody_in(folder):
                yield folder


def _wait_for_its_lock(folder: Path) -> None:
    with _nobody_in(folder):
        age_s = time.time() - folder.stat().st_mtime
    time.sleep(min(max(0.0, JUST_MADE_S - age_s), JUST_MADE_S))


@contextmanager
def _nobody_in(folder: Path) -> Iterator[None]:
    """Hold the lock of whoever fills a folder. Raises OSError where they do, or it is gone."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


@contextmanager
def if_nobody_else(lock: Path) -> Iterator[bool]:
    """Hold a lock file where nobody else does, and say so."""
    with lock.open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@asynccontextmanager
async def only_one(lock: Path) -> AsyncIterator[None]:
    """Hold a lock file; a process that dies lets go of it."""
    make_folder(lock.parent)
    with lock.open("w", encoding="ascii") as file:

        async def locked() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        await wait_until(locked, timeout_s=limits.PREPARE_LOCK_S, what=f"{lock} to be released")
        yield
