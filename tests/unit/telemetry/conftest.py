"""Where the tests find Prometheus, and servers that they run in the test's own loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from harness.runtime.programs.external import ensure
from harness.waiting import wait_until


@pytest.fixture(scope="session")
def promtool() -> Path:
    """Found or fetched; without it the tests fail, saying how to get it."""
    return ensure("promtool")


@pytest.fixture(scope="session")
def prometheus_binary() -> Path:
    """Found or fetched; without it the tests fail, saying how to get it."""
    return ensure("prometheus")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(app: Any, port: int = 0) -> AsyncIterator[int]:
    """Serve an ASGI app on 127.0.0.1 for the length of the block; yields its port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    try:
        await wait_until(_true(lambda: server.started), timeout_s=5, what="the test server")
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


def _true(check: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return check()

    return ask
