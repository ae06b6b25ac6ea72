"""For tests: a running application, and peers that really listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from aiohttp import web
from fastapi import FastAPI


async def until(check: Callable[[], Awaitable[bool]], *, timeout_s: float = 5.0) -> None:
    """Await `check` again and again until it is true; raises TimeoutError after `timeout_s`."""
    async with asyncio.timeout(timeout_s):
        while not await check():  # noqa: ASYNC110  # what is awaited has no event to offer
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """`app` started, as its server would start it, and a client for it."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            yield client


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class SeenRequest:
    """A request that a fake peer got."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class FakePeer:
    """A server on 127.0.0.1 that stands in for another service."""

    url: str
    seen: list[SeenRequest]

    def seen_at(self, path: str) -> list[SeenRequest]:
        """The requests to `path`, in order."""
        return [request for request in self.seen if request.path == path]


@asynccontextmanager
async def fake_peer(
    routes: Mapping[tuple[str, str], Handler], *, ssl_context: Any = None
) -> AsyncIterator[FakePeer]:
    """Serve `routes` ((method, path) to handler) on a free port, noting every request."""
    seen: list[SeenRequest] = []

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        query = tuple(request.query.items())
        seen.append(SeenRequest(request.method, request.path, query, request.headers, body))
        return await handler(request)

    app = web.Application(middlewares=[note])
    for (method, path), handler in routes.items():
        app.router.add_route(method, path, handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context)
        await site.start()
        scheme = "https" if ssl_context else "http"
        port = runner.addresses[0][1]
        yield FakePeer(f"{scheme}://127.0.0.1:{port}", seen)
    finally:
        await runner.cleanup()
