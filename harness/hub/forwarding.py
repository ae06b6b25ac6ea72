"""`/drills/{run}/forward/{name}`: a connection to one part of a running drill, inside a WebSocket.

Frames of bytes are the connection's bytes; the text `eof` says that one side has no more of them.
Only what is listed is reached. Alertmanager wants a user and a password, which are the drill's and
not the person's: there the hub puts them into the head of each request.
"""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from harness.api.access import Access, router_for
from harness.api.problems import Problem, problem_of
from harness.drill_client import DrillClient
from harness.errors import DrillError, EnvironmentMissing, UnknownName
from harness.hub.accounts import Known
from harness.hub.hub_gate import Standing
from harness.hub.run_registry import RunRegistry, Target
from harness.hub.tables import HubRole
from harness.model import Role

EOF = "eof"
PIECE_BYTES = 65_536
HEAD_BYTES_MAX = 65_536
CONNECT_TIMEOUT_S = 3.0
EACH_MAX = 64
"""Connections of one person; a browser on Prometheus has six."""
LOOPBACK = "127.0.0.1"
NAMES = frozenset({"prometheus", "alertmanager", "grafana"})
POSTGRES, ALERTMANAGER = "postgres", "alertmanager"

team = router_for(Access(Standing.INSTRUCTOR, Standing.PARTICIPANT), prefix="/drills/{run}")
ROUTERS = (team,)


@dataclass(frozen=True)
class Forwarded:
    """One part of a drill that may be reached; `login` is what it asks for, if anything."""

    name: str
    port: int
    what: str
    login: tuple[str, str] | None = None


class Forwarding:
    """The hub's way to the parts of its drills."""

    def __init__(self, registry: RunRegistry) -> None:
        self._registry = registry
        self._open: Counter[str] = Counter()

    async def parts(self, run: str, known: Known) -> dict[str, Forwarded]:
        """What may be reached of a run, by name. Raises DrillError where it does not run."""
        target = await run_in_threadpool(self._registry.target, run)
        return await run_in_threadpool(_parts_of, target, known)

    @contextmanager
    def one_of(self, known: Known) -> Iterator[None]:
        """While inside, a connection of that person's. Raises DrillError for one too many."""
        if self._open[known.id] >= EACH_MAX:
            raise DrillError(f"{EACH_MAX} connections of yours are open", "close some")
        self._open[known.id] += 1
        try:
            yield
        finally:
            self._open[known.id] -= 1


def _parts_of(target: Target, known: Known) -> dict[str, Forwarded]:
    role = Role.INSTRUCTOR if known.role is HubRole.INSTRUCTOR else Role.PARTICIPANT
    token = target.token(role)
    with DrillClient(target.api_url, token) as drill:
        found = drill.get("/v1/addresses")
    user = "instructor" if role is Role.INSTRUCTOR else "oncall"
    parts = list(_listed(found, (user, token)))
    return {part.name: part for part in parts}


def _listed(found: Mapping[str, Any], login: tuple[str, str]) -> Iterator[Forwarded]:
    services = {one["service"] for one in found["processes"]}
    for place in found["addresses"]:
        name, url = place["name"], urlsplit(place["url"])
        if name not in (*services, *NAMES) or url.hostname != LOOPBACK or not url.port:
            continue
        yield Forwarded(name, url.port, place["what"], login if name == ALERTMANAGER else None)
    if databases := found["databases"]:
        what = f"as {databases['user']}, who only reads; the password: drill password"
        yield Forwarded(POSTGRES, int(databases["port"]), what)


@team.get("/forward", include_in_schema=False)
async def listed(run: str, request: Request) -> list[dict[str, Any]]:
    """What may be reached, and the port that it has on the drill's machine."""
    forwarding: Forwarding = request.app.state.forwarding
    parts = await forwarding.parts(run, request.state.known)
    return [{"name": one.name, "port": one.port, "what": one.what} for one in parts.values()]


async def forward(websocket: WebSocket, run: str, name: str) -> None:
    """Connect the socket with the part of that name until either side has ended."""
    forwarding: Forwarding = websocket.app.state.forwarding
    known: Known = websocket.state.known
    try:
        parts = await forwarding.parts(run, known)
        if name not in parts:
            raise UnknownName("part of the drill to forward", name[:64], parts)
        with forwarding.one_of(known):
            async with _connected(parts[name]) as (reader, writer):
                await websocket.accept()
                await _joined(websocket, reader, writer, parts[name])
    except DrillError as error:
        answer = Problem(**problem_of(error))
        await answer(websocket.scope, websocket.receive, websocket.send)


team.add_api_websocket_route("/forward/{name}", forward)


@asynccontextmanager
async def _connected(
    part: Forwarded,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(LOOPBACK, part.port)
    except (OSError, TimeoutError):
        raise EnvironmentMissing(
            f"{part.name} does not answer on the drill's machine", "it may be restarting"
        ) from None
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _joined(
    websocket: WebSocket,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    part: Forwarded,
) -> None:
    """Bytes both ways until the part has ended, or whoever asked is gone."""
    up = asyncio.create_task(_send_up(websocket, writer, part))
    down = asyncio.create_task(_send_down(websocket, reader))
    try:
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if up.done() and up.exception() is None:  # they have said all, and wait for the answer
            await down
    finally:
        for task in (up, down):
            task.cancel()
        await asyncio.gather(up, down, return_exceptions=True)
    with suppress(RuntimeError, WebSocketDisconnect):
        await websocket.close()


async def _send_up(websocket: WebSocket, writer: asyncio.StreamWriter, part: Forwarded) -> None:
    """Raises WebSocketDisconnect where they are gone; returns where they have said all."""
    head = b"" if part.login else None
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        if message.get("text") == EOF:
            with suppress(OSError):
                writer.write_eof()
            return
        piece = message.get("bytes") or b""
        if head is not None:
            head += piece
            if b"\r\n\r\n" not in head and len(head) <= HEAD_BYTES_MAX:
                continue
            piece, head = signed_in(head, part), None
        writer.write(piece)
        with suppress(OSError):
            await writer.drain()


async def _send_down(websocket: WebSocket, reader: asyncio.StreamReader) -> None:
    with suppress(OSError, RuntimeError, WebSocketDisconnect):
        while piece := await reader.read(PIECE_BYTES):
            await websocket.send_bytes(piece)
        await websocket.send_text(EOF)


def signed_in(head: bytes, part: Forwarded) -> bytes:
    """A request's head with the part's own user in it, as the only request of its connection."""
    assert part.login is not None  # noqa: S101
    begin, _, body = head.partition(b"\r\n\r\n")
    first, *fields = begin.split(b"\r\n")
    ours = (b"authorization", b"connection", b"host")
    kept = [one for one in fields if one.partition(b":")[0].strip().lower() not in ours]
    secret = base64.b64encode(":".join(part.login).encode())
    added = [
        f"Host: {LOOPBACK}:{part.port}".encode(),
        b"Authorization: Basic " + secret,
        b"Connection: close",
    ]
    return b"\r\n".join([first, *added, *kept]) + b"\r\n\r\n" + body
