"""The host's side of the container that owns the shop's addresses."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Collection

from harness import limits
from harness.errors import StackFailed
from harness.runtime.compose.command import Compose
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.host_socket import ControlPoint
from harness.runtime.compose.project import FRONT
from harness.runtime.compose.tunnel import Tunnel, pump

EVERYWHERE = "0.0.0.0"  # noqa: S104  of the front's own network, published on 127.0.0.1
ALONE = "127.0.0.1"
"""Reached from the front's own network alone: by the pager's sender."""


class Front:
    """Makes listening sockets in the shop's network."""

    def __init__(self, connection: socket.socket, container: str) -> None:
        self.container = container
        connection.setblocking(False)
        self._connection = connection
        self._asking = asyncio.Lock()
        self._servers: list[asyncio.Server] = []

    @classmethod
    async def start(cls, engine: Engine, compose: Compose) -> Front:
        """Start the container. Raises StackFailed."""
        point = ControlPoint(compose.folder / "control" / FRONT)
        try:
            await compose.up(FRONT, values={"FRONT_CONTROL": str(point.folder)})
            container = await compose.container(engine, FRONT)
            async with asyncio.timeout(limits.CONTAINER_HELLO_S):
                connection = await point.connection()
        except TimeoutError as error:
            raise StackFailed(
                "the container that holds the shop's ports does not reach this process",
                "the Docker engine must share this machine's kernel: not a virtual machine",
            ) from error
        finally:
            point.close()
        front = cls(connection, container)
        await front._answer("ready")
        return front

    async def listen(self, port: int, address: str = EVERYWHERE) -> socket.socket:
        """A listening socket in the shop's network. Raises StackFailed."""
        async with self._asking:
            order = {"op": "listen", "address": address, "port": port}
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(self._connection, json.dumps(order).encode() + b"\n")
            listener = socket.socket(fileno=(await self._answer("listening"))[0])
            listener.setblocking(False)
            return listener

    async def relay(self, port: int) -> None:
        """Lead a port of the front's own 127.0.0.1 to the same of this machine."""

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                writer.close()
                return
            await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))

        await self._serve(port, carry)

    async def tunnel(self, port: int, places: Collection[str]) -> None:
        """Let the front's own 127.0.0.1 have a proxy that leads to `places`, each `host:port`."""
        await self._serve(port, Tunnel(places).carry)

    async def _serve(
        self,
        port: int,
        carry: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    ) -> None:
        listener = await self.listen(port, ALONE)
        self._servers.append(await asyncio.start_server(carry, sock=listener))

    def close(self) -> None:
        """Let go of the container, which then ends."""
        for server in self._servers:
            server.close()
        self._connection.close()

    async def _answer(self, event: str) -> list[int]:
        """The descriptors that come with the next message, which must be `event`."""
        readable = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._connection, readable.set)
        message: dict[str, str] = {"event": "", "error": "it does not answer"}
        fds: list[int] = []
        try:
            async with asyncio.timeout(limits.CONTAINER_HELLO_S):
                await readable.wait()
            # One short message answers one of ours: it comes in one piece.
            data, fds, _, _ = socket.recv_fds(self._connection, 1 << 16, 1)
            message = json.loads(data or b'{"event": "", "error": "it has ended"}')
        except (TimeoutError, OSError):
            pass
        finally:
            loop.remove_reader(self._connection)
        if message["event"] != event:
            for fd in fds:
                os.close(fd)
            reason = message.get("error", message["event"])
            raise StackFailed(f"the container that holds the shop's ports failed: {reason}")
        return fds
