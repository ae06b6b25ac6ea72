"""What a fenced agent reaches: the drill's tools, and its model. Each is a socket in a folder that
is shown to the agent; this side of the fence says where it leads.

The drill's token stays on this side: what comes is passed on to `/mcp` alone, as the agent's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from harness.errors import UsageError
from harness.plain_http import TRUSTING_NOBODY, bearer

PATH = "/mcp"
BODY_BYTES_MAX = 1_000_000
ANSWER_S = 200.0
HEAD_BYTES_MAX = 8_192
CONNECT_S = 10.0
PASSED = ("accept", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name")
LOOPBACK = "127.0.0.1"
HTTPS = 443

Place = tuple[str, int]
"""An address to listen at, and its port."""
Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Reached:
    """A place beyond the fence, besides the drill."""

    host: str
    port: int

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, where the agent finds it at its own port."""
        return self.host in (LOOPBACK, "localhost")

    @classmethod
    def read(cls, text: str) -> Reached:
        """From an address or `host:port`. Raises UsageError."""
        parts = urlsplit(text if "//" in text else f"//{text}")
        try:
            port = parts.port or {"http": 80, "https": HTTPS, "": HTTPS}[parts.scheme]
        except (ValueError, KeyError):
            port = 0
        if not parts.hostname or not port:
            raise UsageError(f"'{text[:100]}' is no place to reach", "such as api.example.com:443")
        return cls(parts.hostname, port)


class ToolsOnly:
    """An application that passes `/mcp` on to the drill, and nothing else."""

    def __init__(self, api_url: str, token: str, person: str) -> None:
        self._url = f"{api_url}{PATH}"
        self._headers = bearer(token) | {"X-Person": quote(person)}
        self._http = httpx.AsyncClient(
            timeout=ANSWER_S, trust_env=False, verify=TRUSTING_NOBODY, follow_redirects=False
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        answer = await self._answered(Request(scope, receive))
        await answer(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        if request.url.path != PATH or request.method not in ("POST", "GET", "DELETE"):
            return JSONResponse({"detail": f"there is {PATH}, and nothing else"}, 404)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > BODY_BYTES_MAX:
                return JSONResponse({"detail": f"more than {BODY_BYTES_MAX} bytes"}, 413)
        asked = {name: request.headers[name] for name in PASSED if name in request.headers}
        try:
            found = await self._http.request(
                request.method, self._url, content=bytes(body), headers=asked | self._headers
            )
        except httpx.HTTPError as error:
            return JSONResponse({"detail": f"the drill: {type(error).__name__}"}, 502)
        kind = found.headers.get("content-type", "application/json")
        return Response(found.content, found.status_code, media_type=kind)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class _Server(uvicorn.Server):
    """A server that leaves signals to the host."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Tools(Protocol):
    """What answers for the tools."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...
    async def close(self) -> None: ...


@asynccontextmanager
async def serving_tools(tools: Tools, place: Path | Place) -> AsyncIterator[None]:
    """Answer at a socket or at an address while the block runs."""
    where: dict[str, Any] = (
        {"uds": str(place)} if isinstance(place, Path) else {"host": place[0], "port": place[1]}
    )
    config = uvicorn.Config(
        tools, access_log=False, log_config=None, ws="none", lifespan="off",
        timeout_graceful_shutdown=1, **where,
    )  # fmt: skip
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        await tools.close()


@asynccontextmanager
async def serving_places(
    places: Sequence[Reached], folder: Path, proxy: str
) -> AsyncIterator[dict[int, str]]:
    """Sockets in `folder` for the places on this machine, by their ports; and one named `proxy` by
    which the others are reached, by HTTP's CONNECT."""
    async with AsyncExitStack() as stack:
        ports: dict[int, str] = {}
        for one in places:
            if one.is_here:
                name = f"port-{one.port}"
                server = await asyncio.start_unix_server(_straight(one), str(folder / name))
                await stack.enter_async_context(server)
                ports[one.port] = name
        others = {(one.host, one.port) for one in places if not one.is_here}
        server = await asyncio.start_unix_server(_connecting(others), str(folder / proxy))
        await stack.enter_async_context(server)
        yield ports


def _straight(place: Reached) -> Connected:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _joined(reader, writer, place.host, place.port)

    return connected


def _connecting(others: set[tuple[str, int]]) -> Connected:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(CONNECT_S):
                head = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = head.decode("latin-1").split(" ", 2)
            place = Reached.read(target)
        except (TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError,
                UsageError):  # fmt: skip
            method, place = "", Reached("", 0)
        if method != "CONNECT" or (place.host, place.port) not in others:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            with suppress(OSError):
                await writer.drain()
            writer.close()
            return
        ready = b"HTTP/1.1 200 Connection established\r\n\r\n"
        await _joined(reader, writer, place.host, place.port, ready)

    return connected


async def _joined(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    host: str,
    port: int,
    first: bytes = b"",
) -> None:
    try:
        async with asyncio.timeout(CONNECT_S):
            far_reader, far_writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        writer.close()
        return
    writer.write(first)
    await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.close()
