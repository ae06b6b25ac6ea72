"""A home directory belongs to one drill at a time; what a dead one left is put in order.

The lock is held by the host's process for as long as it lives, and the kernel lets go of it
however that process ends, so a lock that can be taken proves that no host is alive.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from harness.drill.lifecycle.resume import HOST_DIED
from harness.drill.outputs import exports, incident_files
from harness.drill.spec import KEPT_DIR
from harness.errors import AlreadyRunning, DrillError, EnvironmentMissing
from harness.paths import ACTIVE, LOCK, PRIVATE_MODE
from harness.record import events
from harness.record.store import Record
from harness.record.story import fold
from harness.waiting import WaitedTooLong, wait_until_sync

TRACEBACK = "traceback.txt"
"""Where a mistake of ours is kept."""
FAILURE_LOGS = "failure-logs"
"""The last of what the processes of a drill said that failed."""
LOG_BYTES_MAX = 1_000_000
"""Of each."""
KEPT = (
    frozenset(
        {"scorecard.json", "workspace", KEPT_DIR, incident_files.FOLDER, TRACEBACK, FAILURE_LOGS}
    )
    | exports.FILES
)
"""What stays of a drill that is over beside its record: its score, its papers, and the
participants' work."""
HOME_LOCK_S = 1.0
"""A home that is taken for longer than that has an owner."""
RECORD = "record."
"""How the record's files begin, copies of a damaged one included."""


def is_kept(name: str) -> bool:
    """Whether a file or folder in a drill's directory stays when the drill is over."""
    return name in KEPT or name.startswith(RECORD)


class Home:
    """The directory that holds `active.json`, the lock, and `runs/<drill id>/`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.runs = path / "runs"
        self._active = path / ACTIVE

    @contextmanager
    def owned(self, reap: Callable[[Path], list[str]]) -> Iterator[list[str]]:
        """Own this home; yields what had to be put in order first, one sentence each.

        Raises AlreadyRunning, naming the owner, where another drill runs from here, and
        EnvironmentMissing where drills cannot be kept here.
        """
        with self._lock_file() as lock:
            self._take(lock)
            try:
                yield [*reap(self.path), *self._reconcile()]
            finally:
                self._active.unlink(missing_ok=True)

    def _lock_file(self) -> IO[str]:
        try:
            self.runs.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
            # A record holds the answer, and folders of earlier versions were open to everybody.
            self.runs.chmod(PRIVATE_MODE)
            if not os.access(self.runs, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.runs))
            return (self.path / LOCK).open("a+", encoding="ascii")
        except OSError as error:
            raise EnvironmentMissing(
                f"drills cannot be kept in {self.path}: {error.strerror}",
                "set DRILL_HOME to a directory that you can write to",
            ) from error

    def _take(self, lock: IO[str]) -> None:
        def taken() -> bool | None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None
            return True

        try:
            # Whoever asks whether a host lives here holds it for a moment.
            wait_until_sync(taken, timeout_s=HOME_LOCK_S, what="the home", interval_s=0.02)
        except WaitedTooLong:
            owner = self._owner()
            raise AlreadyRunning(
                f"{owner} from {self.path}",
                "end it with `drill finish` or `drill down`, or set DRILL_HOME to another place",
            ) from None
        except OSError as error:
            raise EnvironmentMissing(
                f"nothing can be locked in {self.path}: {error.strerror}",
                "set DRILL_HOME to a directory on a disk of this machine",
            ) from error

    def _owner(self) -> str:
        try:
            data = json.loads(self._active.read_text(encoding="utf-8"))
            drill, process = data["drill_id"], f"process {data['pid']}"
        except (OSError, ValueError, KeyError):
            return "another drill that is just starting already runs"
        if data.get("is_review"):
            return f"the review of drill {drill} ({process}) is still open"
        return f"drill {drill} ({process}) already runs"

    def announce(
        self, drill_id: str, api_url: str, run_dir: Path, *, is_review: bool = False
    ) -> None:
        """Say where the drill of this home answers, or its review; the command line reads it."""
        content = {
            "drill_id": drill_id,
            "api_url": api_url,
            "pid": os.getpid(),
            "run_dir": str(run_dir),
            "is_review": is_review,
        }
        draft = self._active.with_suffix(".new")
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(self._active)

    def _reconcile(self) -> list[str]:
        """End in the record what ended without a word, and remove what it left on disk."""
        done = []
        self._active.unlink(missing_ok=True)
        for run_dir in sorted(path for path in self.runs.iterdir() if path.is_dir()):
            if not any(path.name.startswith(RECORD) for path in run_dir.iterdir()):
                shutil.rmtree(run_dir, ignore_errors=True)
                continue
            if any(not is_kept(path.name) for path in run_dir.iterdir()):
                done.append(self._close(run_dir))
                tidy(run_dir)
        return done

    def _close(self, run_dir: Path) -> str:
        try:
            with Record(run_dir / "record.db") as record:
                if fold(record.events()).state.end_reason is None:
                    record.append(events.DrillAborted(reason=HOST_DIED), actor="harness")
                    return (
                        f"drill {record.drill_id} had died; it is recorded as aborted "
                        "(`drill run --resume` goes on with the newest)"
                    )
                return f"drill {record.drill_id} left files behind; they are removed"
        except DrillError as error:
            return f"the record of {run_dir.name} could not be closed: {error.message}"


def keep_logs(run_dir: Path) -> Path | None:
    """Keep the end of every log of a drill that failed; returns their folder, None without any."""
    logs, kept = run_dir / "logs", run_dir / FAILURE_LOGS
    if not logs.is_dir() or kept.exists():
        return None
    try:
        for path in logs.iterdir():
            _cut(path)
        logs.rename(kept)
    except OSError:
        return None
    return kept


def _cut(path: Path) -> None:
    """Leave the last LOG_BYTES_MAX of a log."""
    if path.stat().st_size > LOG_BYTES_MAX:
        with path.open("r+b") as log:
            log.seek(-LOG_BYTES_MAX, os.SEEK_END)
            last = log.read()
            log.seek(0)
            log.write(last)
            log.truncate()


def tidy(run_dir: Path) -> None:
    """Remove everything of a drill that is over but what is kept."""
    for path in run_dir.iterdir():
        if is_kept(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
