"""`/drills/{run}/shop.git`: git clone, fetch and push of a running drill's shop.

Who may is decided before, as for every route; git's clients show the token as a password.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import IO

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from harness.api.access import Access, router_for
from harness.api.auth import refusal
from harness.hub.accounts import Known
from harness.hub.hub_gate import Standing
from harness.hub.run_registry import RunRegistry
from harness.workspace import smart_http
from harness.workspace.smart_http import PUSH_BYTES_MAX, REPOSITORY, GitAnswer, GitRequest

PREFIX = "/drills/{run}/shop.git"
AT_ONCE_MAX = 4
"""Of git, for all drills."""

readers = router_for(
    Access(Standing.INSTRUCTOR, Standing.PARTICIPANT, Standing.OBSERVER), prefix=PREFIX
)
writers = router_for(Access(Standing.INSTRUCTOR, Standing.PARTICIPANT), prefix=PREFIX)
ROUTERS = (readers, writers)


class ShopGit:
    """The hub's way to the repositories of its drills."""

    def __init__(self, registry: RunRegistry, home: Path) -> None:
        self._registry, self._home = registry, home
        self._hooks = smart_http.install_hooks(home / "hooks")
        self._turns = asyncio.Semaphore(AT_ONCE_MAX)

    async def answer(self, request: Request, run: str, path: str) -> Response:
        """What git answers. Raises DrillError where there is no such drill, or no git."""
        target = await run_in_threadpool(self._registry.target, run)
        known: Known = request.state.known
        with tempfile.TemporaryFile(dir=self._home) as body:
            size = await _spooled(request, body)
            if size is None:
                return refusal(413, f"a push has at most {PUSH_BYTES_MAX // 1_000_000} MB")
            asked = GitRequest(
                method=request.method,
                path=path,
                query=request.scope["query_string"].decode("latin-1"),
                content_type=request.headers.get("content-type", ""),
                content_encoding=request.headers.get("content-encoding", ""),
                person=known.name,
                body=body,
                body_bytes=size,
            )
            await self._turns.acquire()
            try:
                repository = target.secrets.parent / REPOSITORY
                found = await smart_http.answer(repository, self._hooks, asked)
            except BaseException:
                self._turns.release()
                raise
        return _Answering(found, self._turns)


class _Answering(StreamingResponse):
    """Git's answer; git ends with it, whatever becomes of the reader."""

    def __init__(self, found: GitAnswer, turns: asyncio.Semaphore) -> None:
        super().__init__(found.pieces(), found.status, found.headers)
        self._found, self._turns = found, turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._turns.release()
            await self._found.close()


async def _spooled(request: Request, body: IO[bytes]) -> int | None:
    """The size of the body, which is in the file then; None for one beyond the bound."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > PUSH_BYTES_MAX:
            return None
        await run_in_threadpool(body.write, piece)
    body.seek(0)
    return size


@readers.get("/info/refs", include_in_schema=False)
async def refs(run: str, request: Request) -> Response:
    return await _of(request).answer(request, run, "/info/refs")


@readers.post("/git-upload-pack", include_in_schema=False)
async def fetch(run: str, request: Request) -> Response:
    return await _of(request).answer(request, run, "/git-upload-pack")


@writers.post("/git-receive-pack", include_in_schema=False)
async def push(run: str, request: Request) -> Response:
    return await _of(request).answer(request, run, "/git-receive-pack")


def _of(request: Request) -> ShopGit:
    git: ShopGit = request.app.state.git
    return git
