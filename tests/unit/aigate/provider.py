"""A provider on a real socket that counts every byte it is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain, repeat

PAUSE_S = 0.005
"""Between the events of an endless stream."""


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        data = json.loads(self.body)
        assert isinstance(data, dict)
        return data


Behaviour = Callable[["Provider", Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Provider:
    """What it was sent, and how it answers."""

    behave: Behaviour
    port: int = 0
    bytes_seen: int = 0
    connections: int = 0
    asked: list[Asked] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    """For behaviours that wait for the test."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a connection was closed from the other side."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        answering: asyncio.Task[None] | None = None
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.bytes_seen += len(head)
            first, *lines = head.decode("latin-1").split("\r\n")[:-2]
            method, target, _ = first.split(" ")
            headers = {k.lower(): v.strip() for k, _, v in (one.partition(":") for one in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.bytes_seen += len(body)
            asked = Asked(method, target, headers, body)
            self.asked.append(asked)
            answering = asyncio.ensure_future(self._answer(asked, writer))
            while more := await reader.read(65_536):
                self.bytes_seen += len(more)
            self.left.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.left.set()
        finally:
            if answering is not None:
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)
            writer.close()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await self.behave(self, asked, writer)
        writer.close()


@asynccontextmanager
async def providing(behave: Behaviour) -> AsyncIterator[Provider]:
    """A provider while the block runs."""
    provider = Provider(behave)
    running: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(provider._serve(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    provider.port = server.sockets[0].getsockname()[1]
    try:
        yield provider
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def write_head(
    writer: asyncio.StreamWriter, kind: str, status: int = 200, more: str = ""
) -> None:
    """The head of an answer that ends with the connection."""
    head = f"HTTP/1.1 {status} Any\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}\r\n"
    writer.write(head.encode())
    await writer.drain()


def whole(data: object, *, status: int = 200, more: str = "") -> Behaviour:
    """Answers with one JSON value."""

    async def behave(_: Provider, __: Asked, writer: asyncio.StreamWriter) -> None:
        await write_head(writer, "application/json", status, more)
        writer.write(json.dumps(data).encode())
        await writer.drain()

    return behave


def stream(*events: str, pause_after: int | None = None, more: str = "") -> Behaviour:
    """Answers with server-sent events; after `pause_after` of them waits for the test."""

    async def behave(provider: Provider, _: Asked, writer: asyncio.StreamWriter) -> None:
        await write_head(writer, "text/event-stream; charset=utf-8", more=more)
        for number, event in enumerate(events):
            if number == pause_after:
                await provider.go_on.wait()
            writer.write(f"{event}\n\n".encode())
            await writer.drain()

    return behave


def endless(*events: str) -> Behaviour:
    """Answers with server-sent events, the last of them again and again until nobody listens."""

    async def behave(_: Provider, __: Asked, writer: asyncio.StreamWriter) -> None:
        await write_head(writer, "text/event-stream; charset=utf-8")
        for event in chain(events, repeat(events[-1])):
            writer.write(f"{event}\n\n".encode())
            await writer.drain()
            await asyncio.sleep(PAUSE_S)

    return behave


async def silent(provider: Provider, _: Asked, __: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await provider.go_on.wait()
