"""A hub on both databases, and drills that are processes without a shop."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from harness.catalog.reader import Catalog
from harness.hub.accounts import Accounts, Known
from harness.hub.capacity import Machine
from harness.hub.drill_process import RunNote
from harness.hub.hub_database import HubDatabase
from harness.hub.process_runner import ProcessRunner
from harness.hub.run_registry import RunRegistry
from harness.hub.tables import HubRole
from harness.paths import REPO
from services.chassis.testing_postgres import NoPostgres, PostgresServer, running_postgres

FAKE_DRILL = (sys.executable, "-m", "tests.unit.hub.fake_drill")
ROOMY = Machine(cores=64, free_mib=64_000)


@dataclass
class Clock:
    """A clock that stands until it is moved; in milliseconds."""

    at: int = 1_800_000_000_000

    def __call__(self) -> int:
        return self.at

    def forward(self, minutes: float) -> None:
        self.at += int(minutes * 60_000)


@pytest.fixture(scope="session")
def hub_postgres() -> Iterator[PostgresServer]:
    try:
        with running_postgres() as server:
            yield server
    except NoPostgres as error:
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Empty for the file in the hub's home, else that of an empty Postgres database."""
    if request.param == "sqlite":
        return ""
    server: PostgresServer = request.getfixturevalue("hub_postgres")
    name = f"hub_{abs(hash(request.node.nodeid))}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.url(name)


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[HubDatabase]:
    opened = HubDatabase.open(tmp_path, database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(database: HubDatabase, clock: Clock) -> Accounts:
    return Accounts(database, clock)


@pytest.fixture
def owner(accounts: Accounts) -> Known:
    known = accounts.known_by_token(accounts.owner_token())
    assert known is not None
    return known


@dataclass
class Drills:
    """Drills that are processes without a shop, and end with the test."""

    folder: Path
    runners: list[ProcessRunner] = field(default_factory=list)

    def runner(self) -> ProcessRunner:
        """The runner of another hub on the same folder."""
        self.runners.append(ProcessRunner(self.folder, FAKE_DRILL))
        return self.runners[-1]

    def end(self, team_id: str) -> None:
        """Let the drill of a team end by itself."""
        (self.folder / team_id / "end").touch()

    def kill_all(self) -> None:
        for note in self.folder.glob("*/hub-run.json"):
            found = RunNote.read(note.parent)
            if found is not None and found.ended_ms is None:
                with suppress(ProcessLookupError):
                    os.kill(found.pid, signal.SIGKILL)
        for runner in self.runners:
            for child in runner._children.values():
                child.kill()
                child.wait()


@pytest.fixture
def drills(tmp_path: Path) -> Iterator[Drills]:
    made = Drills(tmp_path / "teams")
    yield made
    made.kill_all()


@pytest.fixture
def registry(database: HubDatabase, drills: Drills) -> RunRegistry:
    return RunRegistry(database, drills.runner(), Catalog(REPO), lambda: ROOMY)


Member = Callable[[str, str, HubRole], Known]


@pytest.fixture
def member(accounts: Accounts, owner: Known) -> Member:
    """Makes somebody a member of a team, by an invite as people do."""

    def make(team: str, name: str, role: HubRole) -> Known:
        known = [one for one, _ in accounts.teams_of(owner) if one.name == team]
        team_id = (known[0] if known else accounts.make_team(team)).id
        signed_in = accounts.join(accounts.invite(owner, team_id, role).code, name)
        found = accounts.known_by_token(signed_in.token, team=team_id)
        assert found is not None
        return found

    return make
