"""An assistant that the tests direct, and feed in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from aiohttp import web

from services.chassis.testing import FakePeer, fake_peer, running
from services.feed.app import create_app
from services.feed.seed import seed

TOKEN = "operations-token-for-tests"


@dataclass
class Direction:
    """What the peers say: the assistant nothing while `hold` is unset."""

    status: int = 200
    source: str = "model"
    hold: asyncio.Event | None = None

    async def rank(self, request: web.Request) -> web.Response:
        if self.hold is not None:
            await self.hold.wait()
        body = await request.json()
        answer = {"skus": sorted(body["candidates"], reverse=True), "source": self.source}
        return web.json_response(answer, status=self.status)


@pytest.fixture
def direction() -> Direction:
    return Direction()


@pytest.fixture
async def peers(direction: Direction) -> AsyncIterator[FakePeer]:
    async with fake_peer({("POST", "/rankings"): direction.rank}) as peer:
        yield peer


@pytest.fixture
def database_url(fresh_database: Callable[[str], str]) -> str:
    url = fresh_database("feed")
    seed(url)
    return url


Shop = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def shop(database_url: str, peers: FakePeer, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Starts feed, with settings of the test's own."""

    @asynccontextmanager
    async def start(**settings: object) -> AsyncIterator[httpx.AsyncClient]:
        patient = {"ranking_timeout_ms": 5_000, "connect_timeout_ms": 2_000}
        monkeypatch.setenv("DATABASE_URL", database_url)
        monkeypatch.setenv("ASSISTANT_URL", peers.url)
        monkeypatch.setenv("OPERATIONS_TOKEN", TOKEN)
        for name, value in (patient | settings).items():
            monkeypatch.setenv(name.upper(), str(value))
        async with running(create_app()) as client:
            yield client

    return start
