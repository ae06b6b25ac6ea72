"""Calls of the Docker engine hold when it refuses, goes away, or is no longer listened to."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from harness.errors import StackFailed
from harness.runtime.compose.engine import Engine, EngineRefused
from harness.waiting import wait_until


class StandIn:
    """An engine whose container `shop` writes two pieces and goes on running."""

    def __init__(self) -> None:
        self.log_read, self.log_dropped = asyncio.Event(), asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1.41/containers/shop/logs", self._logs)
        app.router.add_get("/v1.41/events", self._events)
        app.router.add_post("/v1.41/build", self._build)
        return app

    async def _logs(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for piece in (b"half of \xc3", b"\xa9 and \xff\n"):
            await answer.write(struct.pack(">BxxxL", 1, len(piece)) + piece)
        self.log_read.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.log_dropped.set()
        return answer

    async def _events(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b'{"Action": "pause"}\n')
        assert request.transport is not None
        request.transport.abort()
        return answer

    async def _build(self, _: web.Request) -> web.Response:
        return web.Response(text='{"stream": "Step 1/2\\n"}\n{"error": "no space left"}\n')


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
async def engine(tmp_path: Path, stand_in: StandIn) -> AsyncIterator[Engine]:
    runner = web.AppRunner(stand_in.app(), handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / "engine")).start()
    engine = Engine(tmp_path / "engine")
    yield engine
    await engine.close()
    await runner.cleanup()


async def is_written(log: Path, content: bytes) -> bool:
    return log.read_bytes() == content


async def test_a_log_is_read_as_it_was_written_and_let_go_of_when_cancelled(
    engine: Engine, stand_in: StandIn, tmp_path: Path
) -> None:
    log = tmp_path / "shop.jsonl"
    async with asyncio.timeout(10):
        writing = asyncio.create_task(engine.write_output("shop", log))
        await stand_in.log_read.wait()
        await wait_until(
            lambda: is_written(log, b"half of \xc3\xa9 and \xff\n"), timeout_s=5, what="the log"
        )
        assert not stand_in.log_dropped.is_set()
        writing.cancel()
        await stand_in.log_dropped.wait()


async def test_events_end_where_the_engine_goes_away_and_closing_is_quiet(engine: Engine) -> None:
    assert [event async for event in engine.events("any")] == [{"Action": "pause"}]
    assert engine.lost


async def test_a_build_that_fails_says_its_last_words(engine: Engine) -> None:
    with pytest.raises(EngineRefused) as found:
        await engine.build(b"", bound_s=10, arguments={})
    assert found.value.message == "Docker API call failed: Step 1/2\nno space left"


async def test_an_engine_that_is_gone_is_named_with_what_to_do(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "nobody")
    with pytest.raises(StackFailed, match=r"^Docker API call failed: ") as found:
        await engine.call("GET", "/version")
    assert "docker info" in str(found.value.hint)
    await engine.close()
