"""A model provider that the tests direct, and assistant in front of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from aiohttp import web

from services.assistant.app import create_app
from services.chassis.testing import FakePeer, fake_peer, running


@dataclass
class Direction:
    """How the model answers: `statuses` one by one, then 200; nothing while `hold` is unset."""

    statuses: list[int] = field(default_factory=list)
    hold: asyncio.Event | None = None
    text: str | None = None
    """Instead of a sensible answer."""
    finish_reason: str = "stop"

    async def answer(self, request: web.Request) -> web.Response:
        if self.hold is not None:
            await self.hold.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        if status != 200:
            return web.json_response({"error": {"code": "refused"}}, status=status)
        body = await request.json()
        choice = {
            "message": {"content": self.text or _sensible(body)},
            "finish_reason": self.finish_reason,
        }
        usage = {"prompt_tokens": 20, "completion_tokens": 8}
        return web.json_response({"choices": [choice], "usage": usage})


def _sensible(body: dict[str, Any]) -> str:
    prompt = body["messages"][-1]["content"]
    if "response_format" not in body:
        return f"A fine order: {prompt}"
    return json.dumps({"ranking": sorted(json.loads(prompt)["candidates"], reverse=True)})


@pytest.fixture
def database_url(fresh_database: Callable[[str], str]) -> str:
    return fresh_database("assistant")


@pytest.fixture
def direction() -> Direction:
    return Direction()


@pytest.fixture
async def provider(direction: Direction) -> AsyncIterator[FakePeer]:
    async with fake_peer({("POST", "/v1/chat/completions"): direction.answer}) as peer:
        yield peer


Shop = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def shop(database_url: str, provider: FakePeer, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Starts assistant, quick in its waits, with settings of the test's own."""

    @asynccontextmanager
    async def start(**settings: object) -> AsyncIterator[httpx.AsyncClient]:
        quick = {"retry_first_wait_ms": 10, "poll_ms": 20, "connect_timeout_ms": 2_000}
        monkeypatch.setenv("DATABASE_URL", database_url)
        monkeypatch.setenv("MODEL_PROVIDER_URL", provider.url)
        for name, value in (quick | settings).items():
            monkeypatch.setenv(name.upper(), str(value))
        async with running(create_app()) as client:
            yield client

    return start
