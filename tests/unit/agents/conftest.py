"""A drill over fakes that an agent finds as it would a real one: served, with a home and a
workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.agents.calls import Player
from harness.agents.toolbox import Seat
from harness.agents.workspace_files import WorkspaceFiles
from harness.drill.session import Session
from harness.drill_client import DrillClient
from harness.paths import ACTIVE
from harness.record.events import ToolCalled
from harness.tokens import Caller
from tests.browser.drill import ServedDrill, served
from tests.unit.api.whole_workshop import Recorder, Workshop
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["hand", "session", "trouble"]


@dataclass(frozen=True)
class Table:
    """A drill, and all that is needed to take part in it."""

    drill: ServedDrill
    home: Path
    workspace: Path
    clients: ExitStack

    def client(self, caller: Caller = Caller.PARTICIPANT, person: str = "robot") -> DrillClient:
        token = self.drill.tokens.token(caller)
        return self.clients.enter_context(DrillClient(self.drill.url, token, person=person))

    def player(self, caller: Caller = Caller.PARTICIPANT) -> Player:
        return Player(Seat(self.client(caller), WorkspaceFiles(self.workspace)))

    def calls(self) -> list[ToolCalled]:
        found = self.drill.session.services.record.events()
        return [one.event for one in found if isinstance(one.event, ToolCalled)]


@pytest.fixture
def table(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    Workshop(session, tmp_path / "unused", monkeypatch)
    workspace, home = tmp_path / "workspace", tmp_path / "home"
    (workspace / "services" / "payments").mkdir(parents=True)
    (workspace / "services" / "payments" / "timeouts.toml").write_text("connect_ms = 500\n")
    home.mkdir()
    recorder = Recorder()
    with served(session, tmp_path / "secrets", recorder=recorder) as drill, ExitStack() as clients:
        found = {"drill_id": "d-test", "api_url": drill.url, "pid": 1, "run_dir": str(tmp_path)}
        (home / ACTIVE).write_text(json.dumps(found))
        yield Table(drill, home, workspace, clients)
