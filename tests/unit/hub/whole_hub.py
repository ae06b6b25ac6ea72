"""A hub as `drill serve` runs it, in a process of its own that can be killed, with drills that are
processes with a real record and the real API, and no shop."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from harness.hub import hub_server
from harness.hub.drill_process import RunNote
from harness.hub.hub_gate import HubAddress
from harness.hub.hub_settings import HubSettings
from harness.hub.process_runner import ProcessRunner
from harness.hub.run_registry import RunRegistry
from harness.record.envelope import Envelope
from harness.record.store import Record
from harness.runtime.port_check import listen
from harness.waiting import wait_until_sync
from tests.unit.hub.conftest import ROOMY
from tests.unit.hub.replaying_drill import ALL_SENT, DRILL_ID, ENOUGH, GO, SENT

REPLAYING = (sys.executable, "-m", "tests.unit.hub.replaying_drill")
BOUND_S = 90.0


@dataclass
class WholeHub:
    """The hub of one home, which is started and killed as often as a test likes."""

    home: Path
    port: int
    pid: int = 0
    teams: dict[str, str] = field(default_factory=dict)
    """The team of each run."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def owner(self) -> dict[str, str]:
        token = (self.home / hub_server.OWNER_TOKEN).read_text()
        return {"Authorization": f"Bearer {token}"}

    def start(self) -> None:
        """Fork it; it may be killed at once."""
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _serve(self.home, self.port)
            finally:
                os._exit(1)

    def kill(self) -> None:
        """`kill -9`, and nothing of it is left."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.pid = 0

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """What the owner is answered, once the hub answers."""

        def answered() -> httpx.Response | None:
            with suppress(httpx.TransportError, OSError):
                return httpx.request(
                    method, f"{self.url}{path}", headers=self.owner, timeout=30, **given
                )
            return None

        answer = wait_until_sync(answered, timeout_s=BOUND_S, what="the hub")
        assert answer.is_success, answer.text
        return answer.json()

    def begin(self, team: str, *, number: int, pace: float) -> str:
        """Let a team's drill write `number` events, `pace` of them a second; the run's id."""
        team_id = self.ask("POST", "/v1/teams", json={"name": team})["id"]
        order = {"scenario": "healthy", "seed": number, "speed": pace}
        run: str = self.ask("POST", f"/v1/teams/{team_id}/runs", json=order)["id"]
        self.teams[run] = team_id
        return run

    def phases(self) -> dict[str, str]:
        """Of every run that the hub knows."""
        return {one["id"]: one["phase"] for one in self.ask("GET", "/v1/runs")}

    def all_are(self, phase: str) -> None:
        """Wait until every run is that far."""
        wanted = dict.fromkeys(self.teams, phase)
        wait_until_sync(
            lambda: self.phases() == wanted, timeout_s=BOUND_S, what=f"all runs to be {phase}"
        )

    def go(self) -> None:
        """Let every drill write."""
        for team_id in self.teams.values():
            (self.home / "teams" / team_id / GO).touch()

    def enough(self) -> None:
        """Let every drill write no more, and wait until it has written its last."""
        for run, team_id in self.teams.items():
            (self.home / "teams" / team_id / ENOUGH).touch()
            last = self.run_dir(run) / ALL_SENT
            wait_until_sync(last.exists, timeout_s=BOUND_S, what="the last event")

    def end_all(self) -> None:
        """Let every drill end by itself."""
        for team_id in self.teams.values():
            (self.home / "teams" / team_id / "end").touch()

    def run_dir(self, run: str) -> Path:
        return self.home / "teams" / self.teams[run] / "runs" / DRILL_ID

    def written(self, run: str) -> list[Envelope]:
        """What is in the record of a run that is over."""
        with Record(self.run_dir(run) / "record.db") as record:
            return record.events()

    def sent(self, run: str) -> dict[int, float]:
        """When each event of a run was about to be written, by its number."""
        lines = (self.run_dir(run) / SENT).read_text().splitlines()
        return dict(map(json.loads, lines))

    def processes(self) -> set[int]:
        """All that live of the drills of this home, whether anybody knows of them or not."""
        mark = f"DRILL_HOME={self.home / 'teams'}".encode()
        found = set()
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                if folder.name.isdigit() and mark in (folder / "environ").read_bytes():
                    found.add(int(folder.name))
        return found

    def noted(self) -> set[int]:
        """The processes that the teams' folders name."""
        notes = [RunNote.read(self.home / "teams" / one) for one in self.teams.values()]
        return {note.pid for note in notes if note is not None and note.ended_ms is None}


@contextmanager
def whole_hub(home: Path) -> Iterator[WholeHub]:
    """A hub that was started; it and its drills end with the block."""
    with listen(0) as free:
        made = WholeHub(home, free.getsockname()[1])
    made.start()
    try:
        yield made
    finally:
        if made.pid:
            made.kill()
        for pid in made.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _serve(home: Path, port: int) -> None:
    server: Any = hub_server  # of this process alone
    server.ProcessRunner = partial(ProcessRunner, command=REPLAYING)
    server.RunRegistry = partial(RunRegistry, machine=lambda: ROOMY)
    hub_server.serve(HubSettings(home, HubAddress.at_loopback(port)), lambda _: None)
