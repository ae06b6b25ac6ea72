"""The runner `process`: each drill is a process of this machine, in a session of its own, with a
folder of its team's. It goes on when the hub ends, and the next hub finds it there.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from harness.child_env import ENGINE, HOST, NETWORK, PLACES, program_env
from harness.errors import AlreadyRunning, DrillError
from harness.hub.drill_process import RunNote
from harness.paths import ACTIVE, PRIVATE_MODE, PRIVATE_UMASK, REPO, created_with

LOCK = "hub-run.lock"
OUTPUT = "hub-run.log"
"""What the drill's host says, newest run alone."""
AI_KEYS = ("AIGATE_*",)
"""People are there to ask a model, so the gate of each drill gets its keys."""
MODULE = "harness.hub.drill_process"


class Phase(StrEnum):
    """Where a run is in its life."""

    STARTING = "starting"
    RUNNING = "running"
    OVER = "over"
    DIED = "died"
    """Its process ended without a word."""


@dataclass(frozen=True)
class Sighting:
    """What a team's folder says of a run."""

    phase: Phase
    drill_id: str | None = None
    api_url: str = ""
    pid: int | None = None
    ended_ms: int | None = None
    outcome: str = ""
    has_failed: bool = False


class ProcessRunner:
    """Drills as processes. `command` is what hosts one: tests have another."""

    def __init__(
        self, folder: Path, command: tuple[str, ...] = (sys.executable, "-m", MODULE)
    ) -> None:
        self._folder, self._command = folder, command
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def home(self, team_id: str) -> Path:
        """The folder of a team's drills, which makes one history of them."""
        return self._folder / team_id

    def launch(self, run_id: str, team_id: str, settings: Mapping[str, str]) -> None:
        """Start a drill's host. Raises AlreadyRunning where the team has one that is not over."""
        home = self.home(team_id)
        home.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
        environment = program_env(
            HOST, PLACES, NETWORK, ENGINE, AI_KEYS, DRILL_HOME=str(home), **settings
        )
        environment.pop("DRILL_DATABASE_URL", None)  # the hub's alone
        with (
            created_with(PRIVATE_UMASK),
            self._locked(home) as lock,
            (home / OUTPUT).open("wb") as output,
        ):
            self._children[run_id] = subprocess.Popen(
                [*self._command, run_id, str(lock.fileno())],
                cwd=REPO,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[lock.fileno()],
                start_new_session=True,
            )

    def look(self, run_id: str, team_id: str) -> Sighting:
        """How a run is doing, from its team's folder alone."""
        home = self.home(team_id)
        if child := self._children.get(run_id):
            child.poll()
        is_alive = self._is_held(home)  # before the note: what ends meanwhile is seen next time
        note = RunNote.read(home)
        if note is not None and note.run != run_id:
            note = None
        if not is_alive:
            self._children.pop(run_id, None)
            return _ended(note)
        if note is None:
            return Sighting(Phase.STARTING)
        drill_id, api_url = _announced(home, note.pid)
        phase = Phase.RUNNING if drill_id else Phase.STARTING
        return Sighting(phase, drill_id, api_url, note.pid)

    def interrupt(self, run_id: str, team_id: str) -> None:
        """Ask a drill that does not answer yet to end, as Ctrl-C does. Raises DrillError."""
        seen = self.look(run_id, team_id)
        if seen.pid is None:
            raise DrillError("the drill is only just starting", "try again in a second")
        with suppress(ProcessLookupError):
            os.kill(seen.pid, signal.SIGTERM)

    @contextmanager
    def _locked(self, home: Path) -> Iterator[IO[bytes]]:
        """The lock on a team's folder, for this process and the one that it starts meanwhile."""
        with (home / LOCK).open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(
                    "this team's drill is not over yet", "stop it first, or wait for its end"
                ) from None
            yield lock

    def _is_held(self, home: Path) -> bool:
        try:
            with (home / LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False


def _ended(note: RunNote | None) -> Sighting:
    if note is None or note.ended_ms is None:
        return Sighting(Phase.DIED, outcome="its process died", has_failed=True)
    return Sighting(
        Phase.OVER,
        ended_ms=note.ended_ms,
        outcome=note.outcome,
        has_failed=note.has_failed,
    )


def _announced(home: Path, pid: int) -> tuple[str | None, str]:
    """The id and the address of the drill that this very process serves."""
    try:
        found = json.loads((home / ACTIVE).read_text(encoding="utf-8"))
        if found["pid"] == pid:
            return str(found["drill_id"]), str(found["api_url"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None, ""
