"""HTTP as uvicorn speaks it, with an end to what a client may leave undone: a head and a body are
there in time and within bounds, whoever has not shown a token yet is let go when too many come, and
a connection can be hung up. What the protocol itself refuses is problem+json, too.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Hashable, Iterable
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from harness.door import KNOWN_MAX, Door
from harness.tokens import Caller

HANG_UP = "hang_up"
"""In the state of a request: ends its connection at once, whatever was not sent yet."""
ADMIT = "admit"
"""In the state of a request: takes its caller, whose token was right, and says whether one more
connection of that caller may be."""
ANYBODY = "anybody"
"""The group of those who are not asked for a token."""
AT_ONCE = struct.pack("ii", 1, 0)
HEAD_MAX_BYTES = 65_536
"""Of the request line and the headers together; the parser itself would take any number."""
HEAD_S = 10.0
"""From a connection, or the first byte of a further request, until its head is complete."""
BODY_S = 10.0
"""From the head until the body is complete."""
SLOW_BODY_S = 120.0
"""The same, where a path ends in a way that means large bodies."""
STRANGERS_MAX = 200
"""Connections that have shown no token."""
CALLERS_MAX = {Caller.PARTICIPANT: 400, Caller.INSTRUCTOR: 100, Caller.TELEMETRY: 50}
"""Connections of those who have, each apart: nobody takes the instructor's or the pager's."""


class HangingUp(HttpToolsProtocol):
    """Closing waits until the client has read what it was sent, which a sleeper never does."""

    door: Door
    """Of the server; a subclass has it."""
    asks_for_token = True
    """Whether a connection stays a stranger until its token is known. Else it is known by its first
    request, whoever sent it."""
    slow_ending: bytes | None = None
    """How the paths end to which large bodies are sent."""
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._is_in_head, self._head_bytes = True, 0
        self._expect(HEAD_S)
        self.door.enter(self, self.client[0] if self.client else "", self.hang_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect(None)
        self.door.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._deadline is None:
                self._expect(HEAD_S)
        super().data_received(data)
        # What came with the end of the head may be a body: only a head that goes on is too large.
        if self._is_in_head and self._head_bytes > HEAD_MAX_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the head is too large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"][HANG_UP] = self.hang_up
        self.scope["state"][ADMIT] = self._admit

    def on_headers_complete(self) -> None:
        self._is_in_head, self._head_bytes = False, 0
        is_slow = self.slow_ending is not None and self.url.endswith(self.slow_ending)
        self._expect(SLOW_BODY_S if is_slow else BODY_S)
        if not self.asks_for_token and not self.door.admit(self, ANYBODY):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections are open")
            return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head = True
        self._expect(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Its own protocol goes on with the connection; whoever asked for it showed a token, or is
        let go at once."""
        self._expect(None)
        self.door.leave(self)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def hang_up(self) -> None:
        """End the connection at once."""
        connection = self.transport.get_extra_info("socket")
        # Nor is the kernel to keep megabytes for it until it gives up.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.transport.abort()

    def _admit(self, caller: Caller) -> bool:
        return self.door.admit(self, caller)

    def _expect(self, within_s: float | None) -> None:
        """The next part of a request is to be there in time; None: nothing is waited for."""
        if self._deadline is not None:
            self._deadline.cancel()
        late = None if within_s is None else self.loop.call_later(within_s, self._too_slow)
        self._deadline = late

    def _too_slow(self) -> None:
        self._deadline = None
        if self.cycle is not None and self.cycle.response_started:
            self.hang_up()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the request took too long to arrive")

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"".join(_problem(status, detail)))
        self.transport.close()


def _problem(status: HTTPStatus, detail: str) -> Iterable[bytes]:
    """A whole answer, for what never became a request."""
    fields = {"title": "Refused", "status": status.value, "detail": detail, "exit_code": 1}
    body = json.dumps(fields).encode()
    yield f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    yield b"content-type: application/problem+json\r\nx-content-type-options: nosniff\r\n"
    yield f"content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode()
    yield body


def protocol_of_server(
    *, asks_for_token: bool = True, slow_ending: bytes | None = None
) -> type[HangingUp]:
    """The protocol for one server, with a door of its own."""
    is_asked, ending = asks_for_token, slow_ending

    class Protocol(HangingUp):
        asks_for_token = is_asked
        slow_ending = ending
        door = Door(lambda: STRANGERS_MAX, _known_max)

    return Protocol


def _known_max(group: Hashable) -> int:
    """How many connections of a caller, or of all who are not asked, may be open."""
    return CALLERS_MAX[group] if isinstance(group, Caller) else KNOWN_MAX
