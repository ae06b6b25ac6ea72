"""A TLS listener that takes its time before it answers a new connection's handshake."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import deque
from collections.abc import Callable, Sequence

from harness.thirdparty.impostor import Impostor

BACKLOG = 2048
HANDSHAKE_TIMEOUT_S = 15.0
ARRIVING_MAX = 2000
"""Connections without a handshake; one more, and the oldest is let go."""
OUT_OF_FILES_PAUSE_S = 0.1


class TlsGate:
    """Accepts on `host`:`port`; after `handshake_s()` seconds speaks TLS, then `protocol`.

    The wait lies between accepting and handshaking, as with an overloaded TLS terminator: the
    client's TCP connect succeeds at once and its ClientHello stays unanswered.
    """

    def __init__(
        self,
        port: int,
        context: ssl.SSLContext,
        protocol: Callable[[], asyncio.Protocol],
        handshake_s: Callable[[], float],
        *,
        host: str = "127.0.0.1",
    ) -> None:
        self.host, self.port = host, port
        self._context = context
        self._protocol = protocol
        self._handshake_s = handshake_s
        self._impostors: deque[Impostor] = deque()
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._arriving: dict[asyncio.Task[None], None] = {}
        """In the order in which they came."""

    def open(self) -> None:
        """Listen; port 0 takes a free one. Does nothing when open. Raises OSError when taken."""
        if self._listener is not None:
            return
        listener = socket.create_server((self.host, self.port), backlog=BACKLOG)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._accepting = asyncio.create_task(self._accept(listener))

    def show(self, context: ssl.SSLContext) -> None:
        """Greet new connections with another certificate."""
        self._context = context

    async def let_in_front(self, impostors: Sequence[Impostor], within_s: float) -> int:
        """Let each of `impostors` answer one of the next connections; how many were believed."""
        self._impostors.extend(impostors)
        try:
            return sum(await asyncio.gather(*(one.was_believed(within_s) for one in impostors)))
        finally:
            self._impostors.clear()

    async def shut(self) -> None:
        """Refuse connections from now on, and drop those that are still arriving."""
        tasks = {*self._arriving, *({self._accepting} if self._accepting else ())}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()
        self._listener = self._accepting = None

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:
                # Out of file descriptors: the backlog holds the callers until some are free.
                await asyncio.sleep(OUT_OF_FILES_PAUSE_S)
                continue
            task = asyncio.create_task(self._welcome(connection))
            self._arriving[task] = None
            task.add_done_callback(lambda done: self._arriving.pop(done, None))
            if len(self._arriving) > ARRIVING_MAX:
                next(iter(self._arriving)).cancel()

    async def _welcome(self, connection: socket.socket) -> None:
        if self._impostors:
            await self._impostors.popleft().meet(connection)
            return
        handed_over = False
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.sleep(self._handshake_s())
            with contextlib.suppress(OSError, TimeoutError):  # the caller gave up meanwhile
                await asyncio.get_running_loop().connect_accepted_socket(
                    self._protocol,
                    connection,
                    ssl=self._context,
                    ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
                )
                handed_over = True
        finally:
            if not handed_over:
                connection.close()
