"""HTTP as uvicorn speaks it, and two things more: it hangs up, and a head has an end."""

from __future__ import annotations

import asyncio
import socket
import struct

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HANG_UP = "hang_up"
"""In the state of a request: ends its connection at once, whatever was not sent yet."""
AT_ONCE = struct.pack("ii", 1, 0)
HEAD_MAX_BYTES = 65_536
"""Of the request line and the headers together; the parser itself would take any number."""
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"connection: close\r\ncontent-length: 0\r\n\r\n"
)


class HangingUp(HttpToolsProtocol):
    """Closing waits until the client has read what it was sent, which a sleeper never does."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._is_in_head, self._head_bytes = True, 0

    def data_received(self, data: bytes) -> None:
        if self._is_in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        # What came with the end of the head may be a body: only a head that goes on is too large.
        if self._is_in_head and self._head_bytes > HEAD_MAX_BYTES:
            if not self.transport.is_closing():
                self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"][HANG_UP] = self._hang_up

    def on_headers_complete(self) -> None:
        self._is_in_head, self._head_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head = True
        super().on_message_complete()

    def _hang_up(self) -> None:
        connection = self.transport.get_extra_info("socket")
        # Nor is the kernel to keep megabytes for it until it gives up.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.transport.abort()
