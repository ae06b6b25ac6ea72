"""Serving the API of a drill inside the host's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from harness.api.alertmanager_app import create_alertmanager_app
from harness.api.app import create_app
from harness.bounded_http import protocol_of_server
from harness.drill.session import Session
from harness.errors import StackFailed
from harness.runtime.port_check import listen
from harness.tokens import TokenBook
from harness.waiting import wait_until

STOP_TIMEOUT_S = 3


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the host."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(session: Session, tokens: TokenBook, port: int) -> AsyncIterator[FastAPI]:
    """Serve the drill's API on 127.0.0.1:`port` while the block runs.

    Raises PortTaken, naming who holds the port.
    """
    app = create_app(session, tokens, port)
    try:
        async with _serving(app, port, "the drill's own API"):
            yield app
    finally:
        app.state.tool_calls.flush()
        await app.state.feed.close()


@asynccontextmanager
async def serving_alertmanager(
    session: Session, tokens: TokenBook, port: int
) -> AsyncIterator[None]:
    """The same for the pager as Alertmanager's clients know it."""
    app = create_alertmanager_app(session, tokens, port)
    async with _serving(app, port, "the pager's own port"):
        yield


@asynccontextmanager
async def _serving(app: FastAPI, port: int, what: str) -> AsyncIterator[None]:
    listener = listen(port)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        http=protocol_of_server(),
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))

    async def started() -> bool | None:
        if task.done():
            raise StackFailed(f"{what} stopped while starting")
        return server.started or None

    try:
        await wait_until(started, timeout_s=10, what=what)
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        app.state.refusals.flush()
        listener.close()
