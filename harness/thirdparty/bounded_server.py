"""What third parties put up with: connections that show nothing, and requests without an end.

aiohttp bounds a head and a body, but neither how long they take nor how many connections wait with
half of one. What is bounded here is what never became a request; a connection that has sent one is
known, and is kept as long as its caller likes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import web

from harness.door import Door

STRANGERS_MAX = 500
"""A storm of new connections is what some drills are about."""
KNOWN_MAX = 3000
HEAD_S = 10.0
"""From a connection, or the first byte of a further request, until its head is complete."""
BODY_S = 10.0
ANYBODY = "anybody"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Connection(asyncio.Protocol):
    """Stands before aiohttp's own protocol, and passes everything on to it."""

    def __init__(self, inner: Any, door: Door, known: dict[Any, Connection]) -> None:
        self._inner, self._door, self._known = inner, door, known
        self._transport: asyncio.Transport
        self._deadline: asyncio.TimerHandle | None = None
        self._is_asked = False
        """Whether a request of it is under way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._door.enter(self, peer[0] if peer else "", self._transport.abort)
        self._known[transport] = self
        self._wait()
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._door.leave(self)
        self._known.pop(self._transport, None)
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_asked and self._deadline is None:
            self._wait()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        kept: bool | None = self._inner.eof_received()
        return kept

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def begin(self) -> bool:
        """A request has come; False where too many connections are open."""
        self._stop_waiting()
        self._is_asked = True
        return self._door.admit(self, ANYBODY)

    def end(self) -> None:
        """It has been answered."""
        self._is_asked = False

    def _wait(self) -> None:
        self._deadline = asyncio.get_running_loop().call_later(HEAD_S, self._transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Bounds:
    """The bounds of one server: its door, and its connections."""

    def __init__(self) -> None:
        self._door = Door(lambda: STRANGERS_MAX, lambda _: KNOWN_MAX)
        self._connections: dict[Any, Connection] = {}

    def around(self, made: Callable[[], asyncio.BaseProtocol]) -> Callable[[], Connection]:
        """A factory of protocols, each behind the bounds."""
        return lambda: Connection(made(), self._door, self._connections)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A complete head ends the wait; the whole body is to be there in time."""
        connection = self._connections.get(request.transport)
        if connection is None:
            return await handler(request)
        try:
            if not connection.begin():
                return _refused(503, "too many connections are open")
            async with asyncio.timeout(BODY_S):
                await request.read()
        except TimeoutError:
            return _refused(408, "the body took too long to arrive")
        except web.RequestPayloadError:
            return _refused(400, "the body is not what its headers say")
        else:
            return await handler(request)
        finally:
            connection.end()


async def json_of(request: web.Request) -> Any:
    """The JSON in a request's body. Raises ValueError also for nesting without end, for numbers
    without end, and for text that is no UTF-8."""
    try:
        return json.loads(await request.read())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refused(status: int, message: str) -> web.Response:
    answer = web.json_response({"error": {"message": message}}, status=status)
    answer.force_close()
    return answer
