"""A provider that the tests direct, and payments in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp import web

from services.chassis.testing import FakePeer, fake_peer, running
from services.payments.app import create_app


@dataclass
class Direction:
    """How the provider answers: `statuses` one by one, then 201; nothing while `hold` is unset."""

    statuses: list[int] = field(default_factory=list)
    hold: asyncio.Event | None = None
    charged: dict[str, str] = field(default_factory=dict)
    """Amount by idempotency key: what the provider really took."""

    async def answer(self, request: web.Request) -> web.Response:
        if self.hold is not None:
            await self.hold.wait()
        status = self.statuses.pop(0) if self.statuses else 201
        if status != 201:
            return web.json_response({"error": {"code": "refused"}}, status=status)
        body = await request.json()
        key = request.headers["Idempotency-Key"]
        self.charged.setdefault(key, body["amount"])
        return web.json_response({"id": f"ch_{key}", "status": "succeeded"}, status=201)


@pytest.fixture(scope="module")
def database_url(fresh_database: Callable[[str], str]) -> str:
    return fresh_database("payments")


@pytest.fixture
def direction() -> Direction:
    return Direction()


@pytest.fixture
async def provider(direction: Direction) -> AsyncIterator[FakePeer]:
    async with fake_peer({("POST", "/v1/charges"): direction.answer}) as peer:
        yield peer


Shop = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def shop(database_url: str, provider: FakePeer, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Starts payments with settings of the test's own."""

    @asynccontextmanager
    async def start(**settings: object) -> AsyncIterator[httpx.AsyncClient]:
        monkeypatch.setenv("DATABASE_URL", database_url)
        monkeypatch.setenv("PAYMENT_PROVIDER_URL", provider.url)
        for name, value in settings.items():
            monkeypatch.setenv(name.upper(), str(value))
        async with running(create_app()) as client:
            yield client

    return start


@pytest.fixture
async def client(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    async with shop() as client:
        yield client
