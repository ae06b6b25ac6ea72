"""`python -m harness.hub.drill_process RUN LOCK_FD`: the host of one drill, as a process of its own
that outlives the hub.

What is drawn comes in the environment (`DRILL_*`), since everybody on a machine may read
arguments. The lock on the team's folder was taken by the hub and came along: the kernel lets go of
it when this process ends, however it does, so that whoever can take it knows that no drill runs
there.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.errors import DrillError
from harness.paths import home_dir

NOTE = "hub-run.json"
"""In a team's folder: which run has it, by which process, and how that ended."""


@dataclass(frozen=True)
class RunNote:
    """What a drill's process says of itself."""

    run: str
    pid: int
    ended_ms: int | None = None
    outcome: str = ""
    has_failed: bool = False

    def write(self, home: Path) -> None:
        """Keep it; whoever reads sees the one before or this one."""
        draft = (home / NOTE).with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(home / NOTE)

    @classmethod
    def read(cls, home: Path) -> RunNote | None:
        """The note in a team's folder; None where there is none that can be read."""
        try:
            return cls(**json.loads((home / NOTE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def main(run: str, lock_fd: int) -> int:
    """Host the drill; the exit code."""
    os.set_inheritable(lock_fd, False)  # the drill ends with this process, not with its children
    home = home_dir()
    RunNote(run, os.getpid()).write(home)
    error: DrillError | None = None
    try:
        outcome, error = _hosted()
    except DrillError as raised:
        outcome, error = raised.message, raised
    if error is not None:
        sys.stderr.write(f"{error}\n")
    ended_ms = int(time.time() * 1000)
    RunNote(run, os.getpid(), ended_ms, outcome, error is not None).write(home)
    return error.exit_code if error else 0


def _hosted() -> tuple[str, DrillError | None]:
    """How the drill ended, and what went wrong. Raises DrillError where it could not begin."""
    from harness.host.lifecycle import host
    from harness.settings import HostSettings

    ended = asyncio.run(host(HostSettings(keep=True), player=None))
    return ended.reason, ended.error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
