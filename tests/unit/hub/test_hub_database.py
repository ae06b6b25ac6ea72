"""One hub for each database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
import uvicorn
from sqlalchemy import select
from starlette.responses import PlainTextResponse

from harness.errors import AlreadyRunning, DrillError
from harness.hub.accounts import Accounts
from harness.hub.hub_database import HUBS_LOCK, HubDatabase
from harness.hub.hub_server import until_told
from harness.hub.tables import HubRole, Team
from harness.runtime.port_check import listen
from services.chassis.testing_postgres import PostgresServer


@pytest.fixture
def url(hub_postgres: PostgresServer) -> str:
    with psycopg.connect(hub_postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS one_hub")
        connection.execute("CREATE DATABASE one_hub")
    return hub_postgres.url("one_hub")


def test_a_second_hub_on_one_postgres_is_refused_until_the_first_has_ended(
    url: str, tmp_path: Path
) -> None:
    first = HubDatabase.open(tmp_path, url)
    with pytest.raises(AlreadyRunning, match="another hub uses this database"):
        HubDatabase.open(tmp_path / "elsewhere", url)
    first.close()
    HubDatabase.open(tmp_path / "elsewhere", url).close()


def break_hold(url: str) -> None:
    """End the connection that has the hub's lock, as a failover or a firewall does."""
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks"
            " WHERE locktype = 'advisory' AND objid = %s AND database = "
            " (SELECT oid FROM pg_database WHERE datname = current_database())",
            [HUBS_LOCK],
        ).fetchall()
    assert ended == [(True,)]


def test_a_lock_that_was_lost_with_its_connection_is_taken_again(url: str, tmp_path: Path) -> None:
    first = HubDatabase.open(tmp_path, url)
    break_hold(url)
    with pytest.raises(DrillError, match="does not answer"):
        first.stay_sole()
    first.stay_sole()
    with pytest.raises(AlreadyRunning):
        HubDatabase.open(tmp_path / "elsewhere", url)
    first.close()


def test_what_is_asked_meanwhile_takes_it_again_first(url: str, tmp_path: Path) -> None:
    first = HubDatabase.open(tmp_path, url)
    break_hold(url)
    with pytest.raises(DrillError):
        first.stay_sole()
    with first.transaction() as db:
        assert db.scalars(select(Team)).all() == []
    with pytest.raises(AlreadyRunning):
        HubDatabase.open(tmp_path / "elsewhere", url)
    first.close()


def test_a_hub_whose_database_is_anothers_by_now_does_nothing_more_there(
    url: str, tmp_path: Path
) -> None:
    """Unless it looks, it knows nothing of that: the other one was let in."""
    first = HubDatabase.open(tmp_path, url)
    break_hold(url)
    second = HubDatabase.open(tmp_path / "elsewhere", url)
    with first.transaction():
        pass
    with pytest.raises(DrillError):
        first.stay_sole()
    for _ in range(2):
        with pytest.raises(AlreadyRunning), first.transaction():
            pytest.fail("not reached")
    second.stay_sole()
    first.close()
    second.close()


def test_a_file_is_held_by_its_home(tmp_path: Path) -> None:
    database = HubDatabase.open(tmp_path)
    database.stay_sole()
    with database.transaction():
        pass
    database.close()


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    database = HubDatabase.open(tmp_path)
    accounts = Accounts(database)
    team = accounts.make_team("red")
    owner = accounts.known_by_token(accounts.owner_token())
    assert owner is not None
    with database.transaction() as db:
        db.connection().exec_driver_sql("PRAGMA max_page_count = 1")  # no page more than there are
    invites, refused = 0, None
    while refused is None:
        try:
            accounts.invite(owner, team.id, HubRole.PARTICIPANT)
            invites += 1
        except DrillError as error:
            refused = error
    assert "full" in refused.message
    assert "see that it has room" in refused.hint
    assert len(accounts.invites()) == invites
    database.close()


async def test_a_hub_ends_with_the_reason_when_its_watch_does() -> None:
    async def watch() -> None:
        raise AlreadyRunning("another hub uses this database", "end it first")

    closed = asyncio.Event()

    async def close() -> None:
        closed.set()

    listener = listen(0)
    server = uvicorn.Server(
        uvicorn.Config(PlainTextResponse("ok"), log_config=None, lifespan="off")
    )
    with pytest.raises(AlreadyRunning):
        await asyncio.wait_for(until_told(server, listener, watch, close), 30)
    assert closed.is_set()
    listener.close()
