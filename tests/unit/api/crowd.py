"""Many clients of the live stream at once, and what each of them heard."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import aiohttp

from harness.tokens import Caller
from harness.waiting import wait_until
from tests.browser.drill import ServedDrill

READ_TIMEOUT_S = 30.0


@dataclass
class Client:
    """Reads the stream as a browser does."""

    numbers: list[int] = field(default_factory=list)
    """Of the events that it heard, in the order in which they came."""
    heard_at_s: dict[int, float] = field(default_factory=dict)
    """By `time.monotonic()`, by number."""

    remembers: bool = True
    """Comes back with the number of the last event that it heard."""
    _answer: aiohttp.ClientResponse | None = None
    _is_cut: bool = False

    async def listen(self, http: aiohttp.ClientSession, url: str) -> None:
        """Until the server ends it, or the task is cancelled; comes back after a cut."""
        self._is_cut = True
        while self._is_cut:
            self._is_cut = False
            known = self.remembers and self.numbers
            headers = {"Last-Event-ID": str(self.numbers[-1])} if known else {}
            async with http.get(url, headers=headers) as self._answer:
                with suppress(aiohttp.ClientError):
                    await self._hear(self._answer)

    def cut(self) -> None:
        """Lose the connection, whatever is on its way."""
        assert self._answer is not None
        self._is_cut = True
        self._answer.close()

    async def _hear(self, answer: aiohttp.ClientResponse) -> None:
        async for line in answer.content:
            if self._is_cut:
                return
            if line.startswith(b"id: "):
                number = int(line[4:])
                self.numbers.append(number)
                self.heard_at_s[number] = time.monotonic()


@asynccontextmanager
async def crowd(drill: ServedDrill, count: int) -> AsyncIterator[list[Client]]:
    """`count` clients that all have heard everything so far, until the block is left."""
    clients = [Client() for _ in range(count)]
    newest = drill.session.services.record.events(audience="all")[-1].seq
    headers = {"Authorization": f"Bearer {drill.tokens.token(Caller.PARTICIPANT)}"}
    timeout = aiohttp.ClientTimeout(total=None, sock_read=READ_TIMEOUT_S)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout, connector=connector) as http:
        url = f"{drill.url}/v1/stream"
        tasks = [asyncio.create_task(client.listen(http, url)) for client in clients]
        try:
            await all_heard(clients, newest)
            yield clients
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def all_heard(clients: list[Client], number: int) -> None:
    """Wait until every client has heard event `number`."""

    async def arrived() -> bool | None:
        return all(one.numbers and one.numbers[-1] >= number for one in clients) or None

    await wait_until(arrived, timeout_s=READ_TIMEOUT_S, what=f"event {number} at every client")


@contextmanager
def one_core() -> Iterator[None]:
    """This thread, and those that it starts, on a single core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def sleeper(drill: ServedDrill) -> Iterator[socket.socket]:
    """A client that asks for the stream and then never reads."""
    host, port = drill.url.removeprefix("http://").split(":")
    with socket.socket() as connection:
        # Small, so that what it leaves unread is soon the server's to keep.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((host, int(port)))
        key = drill.tokens.token(Caller.PARTICIPANT)
        connection.sendall(
            f"GET /v1/stream HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Authorization: Bearer {key}\r\n\r\n".encode()
        )
        yield connection
