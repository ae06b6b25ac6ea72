"""Both databases, on a real Postgres: one contract for the two."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import text

from services.chassis import blocking_db, pool
from services.chassis import db as db_module
from services.chassis.app import create_service
from services.chassis.blocking_db import BlockingDatabase
from services.chassis.db import Database
from services.chassis.settings import ServiceSettings
from services.chassis.testing import running, until

ADD = text("INSERT INTO users VALUES (:id, 'Ann', :mail, 'Ulm', '2026-01-01')")
NOW = text("SELECT now()")
"""The clock of a transaction stands still."""
COUNT = text("SELECT count(*) FROM users WHERE id = :id")


@pytest.fixture(scope="module")
def database_url(fresh_database: Callable[[str], str]) -> str:
    return fresh_database("users")


def async_routes(db: Database, gate: threading.Event) -> APIRouter:
    router = APIRouter()

    @router.post("/users/{user_id}")
    async def add(user_id: int, fail: bool = False) -> int:
        async with db.session() as session:
            await session.execute(ADD, {"id": user_id, "mail": f"{user_id}@shop"})
            if fail:
                raise ZeroDivisionError
        return user_id

    @router.get("/users/{user_id}")
    async def count(user_id: int) -> Any:
        async with db.reading() as session:
            return (await session.execute(COUNT, {"id": user_id})).scalar_one()

    @router.get("/hold")
    async def hold() -> None:
        async with db.session():
            await asyncio.to_thread(gate.wait, 10)

    return router


def blocking_routes(db: BlockingDatabase, gate: threading.Event) -> APIRouter:
    router = APIRouter()

    @router.post("/users/{user_id}")
    def add(user_id: int, fail: bool = False) -> int:
        with db.session() as session:
            session.execute(ADD, {"id": user_id, "mail": f"{user_id}@shop"})
            if fail:
                raise ZeroDivisionError
        return user_id

    @router.get("/users/{user_id}")
    def count(user_id: int) -> Any:
        with db.reading() as session:
            return session.execute(COUNT, {"id": user_id}).scalar_one()

    @router.get("/hold")
    def hold() -> None:
        with db.session():
            gate.wait(10)

    return router


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


@pytest.fixture(params=["async", "blocking"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def client(
    kind: str, database_url: str, gate: threading.Event
) -> AsyncIterator[httpx.AsyncClient]:
    settings = ServiceSettings(service_name="sample", database_url=database_url)
    db: Database | BlockingDatabase
    if kind == "async":
        db = Database(database_url, pool_size=2, pool_timeout_ms=700)
        router = async_routes(db, gate)
    else:
        db = BlockingDatabase(database_url, pool_size=2, pool_timeout_ms=700)
        router = blocking_routes(db, gate)
    app: FastAPI = create_service(
        settings, routers=[router], resources=[db.resource], ready_checks=[db.check]
    )
    async with running(app) as client:
        yield client
        await client.delete("/users/0")


@pytest.fixture
def is_blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server says to an idle connection goes unseen."""
    monkeypatch.setattr(blocking_db, "_has_news", lambda _connection: False)
    monkeypatch.setattr(db_module, "_is_closed", lambda _connection: False)


async def cut_all_connections(database_url: str) -> None:
    other = await asyncpg.connect(database_url)

    async def are_gone() -> bool:
        return not await other.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    try:
        await until(are_gone)
    finally:
        await other.close()


async def metric(client: httpx.AsyncClient, name: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


ids = iter(range(1, 100))


async def test_a_session_commits_at_its_end(client: httpx.AsyncClient) -> None:
    user_id = next(ids)
    await client.post(f"/users/{user_id}")
    assert (await client.get(f"/users/{user_id}")).json() == 1


async def test_a_session_that_raises_leaves_nothing(client: httpx.AsyncClient) -> None:
    user_id = next(ids)
    assert (await client.post(f"/users/{user_id}?fail=true")).status_code == 500
    assert (await client.get(f"/users/{user_id}")).json() == 0
    assert await metric(client, "db_pool_in_use") == 0


async def test_statements_are_counted_by_route(client: httpx.AsyncClient) -> None:
    series = 'db_statements_per_request_sum{method="GET",route="/users/{user_id}"}'
    await client.get("/users/1")
    before = await metric(client, series)
    await client.get("/users/1")
    assert await metric(client, series) - before == 1


async def test_a_connection_that_the_server_cut_is_replaced_before_it_is_used(
    client: httpx.AsyncClient, database_url: str
) -> None:
    assert (await client.get("/users/1")).status_code == 200
    await cut_all_connections(database_url)
    assert (await client.get("/users/1")).status_code == 200


async def test_one_that_lay_unused_for_long_is_asked(
    is_blind: None,
    client: httpx.AsyncClient,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (await client.get("/users/1")).status_code == 200
    await cut_all_connections(database_url)
    monkeypatch.setattr(pool, "ASK_AFTER_IDLE_S", 0.0)
    assert (await client.get("/users/1")).status_code == 200


async def test_unseen_and_unasked_a_cut_connection_fails_its_request(
    is_blind: None, client: httpx.AsyncClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "ASK_AFTER_IDLE_S", 60.0)
    assert (await client.get("/users/1")).status_code == 200
    await cut_all_connections(database_url)
    assert (await client.get("/users/1")).status_code == 500


async def test_reading_takes_no_transaction(database_url: str) -> None:
    db = Database(database_url, pool_size=2)
    async with db.resource(FastAPI()), db.reading() as reading, db.session() as session:
        assert len({(await reading.execute(NOW)).scalar_one() for _ in range(2)}) == 2
        assert len({(await session.execute(NOW)).scalar_one() for _ in range(2)}) == 1


async def test_blocking_reading_takes_no_transaction(database_url: str) -> None:
    db = BlockingDatabase(database_url, pool_size=2)
    async with db.resource(FastAPI()):
        with db.reading() as reading, db.session() as session:
            assert len({reading.execute(NOW).scalar_one() for _ in range(2)}) == 2
            assert len({session.execute(NOW).scalar_one() for _ in range(2)}) == 1


async def test_a_wait_that_times_out_is_a_503_and_a_line_in_the_log(
    client: httpx.AsyncClient, gate: threading.Event, capsys: pytest.CaptureFixture[str]
) -> None:
    timeouts = await metric(client, "db_pool_timeouts_total")
    held = [asyncio.create_task(client.get("/hold")) for _ in range(2)]

    async def pool_is_full() -> bool:
        return await metric(client, "db_pool_in_use") == 2

    try:
        await until(pool_is_full)
        assert await metric(client, "db_pool_size") == 2
        answer = await client.get("/users/1")
    finally:
        gate.set()
    await asyncio.gather(*held)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "no available database connections (pool size 2, in use 2)" in capsys.readouterr().out
    assert await metric(client, "db_pool_timeouts_total") - timeouts == 1
    assert (await client.get("/users/1")).status_code == 200


async def test_a_long_wait_is_logged(
    client: httpx.AsyncClient,
    gate: threading.Event,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "LONG_WAIT_S", 0.05)
    held = [asyncio.create_task(client.get("/hold")) for _ in range(2)]

    async def pool_is_full() -> bool:
        return await metric(client, "db_pool_in_use") == 2

    await until(pool_is_full)
    waiting = asyncio.create_task(client.get("/users/1"))
    asyncio.get_running_loop().call_later(0.3, gate.set)
    assert (await waiting).status_code == 200
    await asyncio.gather(*held)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    # On a busy machine the two that hold the pool waited for their connections to be made, too.
    *_, line = [line for line in lines if line["event"].startswith("database connection acquired")]
    assert line["level"] == "WARNING"
    assert re.fullmatch(r"database connection acquired after \d\.\d s wait", line["event"])
