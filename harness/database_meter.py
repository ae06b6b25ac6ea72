"""What a database sends, counted while it comes and ended at a bound: no driver bounds a row, and
a row may take a gigabyte.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

CONNECT_TIMEOUT_S = 5.0


class Meter:
    """A port of this machine that passes one connection on to Postgres and counts what it sends."""

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.port = 0
        self.received_bytes = 0
        self.is_over = False
        self.near: asyncio.Transport | None = None
        self.far: asyncio.Transport | None = None

    def count(self, data: bytes) -> None:
        """Pass on what the server sent, as long as it is within bounds."""
        left_bytes = self.bytes_max - self.received_bytes
        self.received_bytes += len(data)
        if self.near is not None:
            self.near.write(data[: max(0, left_bytes)])
        if self.received_bytes > self.bytes_max and self.far is not None:
            self.is_over = True
            # The other side is closed once it has what came before the bound.
            self.far.abort()

    def hang_up(self) -> None:
        """End both connections at once."""
        for transport in (self.near, self.far):
            if transport is not None:
                transport.abort()


class _Near(asyncio.Protocol):
    """The driver's side."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter

    def connection_made(self, transport: Any) -> None:
        if self.meter.near is None:
            self.meter.near = transport
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.meter.far is not None:
            self.meter.far.write(data)

    def connection_lost(self, _: Exception | None) -> None:
        self.meter.hang_up()


class _Far(_Near):
    """The server's side."""

    def connection_made(self, transport: Any) -> None:
        self.meter.far = transport

    def data_received(self, data: bytes) -> None:
        self.meter.count(data)

    def connection_lost(self, _: Exception | None) -> None:
        if self.meter.near is not None:
            self.meter.near.close()


@asynccontextmanager
async def metered(host: str, port: int, bytes_max: int) -> AsyncIterator[Meter]:
    """A meter before the server at `host` and `port`. Raises OSError where nobody answers."""
    loop, meter = asyncio.get_running_loop(), Meter(bytes_max)
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        await loop.create_connection(lambda: _Far(meter), host, port)
    server = await loop.create_server(lambda: _Near(meter), "127.0.0.1", 0, backlog=1)
    meter.port = server.sockets[0].getsockname()[1]
    try:
        yield meter
    finally:
        server.close()
        meter.hang_up()
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await server.wait_closed()
