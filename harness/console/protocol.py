"""HTTP as uvicorn speaks it, and one thing more: an answer may hang up on its client."""

from __future__ import annotations

import socket
import struct

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HANG_UP = "hang_up"
"""In the state of a request: ends its connection at once, whatever was not sent yet."""
AT_ONCE = struct.pack("ii", 1, 0)


class HangingUp(HttpToolsProtocol):
    """Closing waits until the client has read what it was sent, which a sleeper never does."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"][HANG_UP] = self._hang_up

    def _hang_up(self) -> None:
        connection = self.transport.get_extra_info("socket")
        # Nor is the kernel to keep megabytes for it until it gives up.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.transport.abort()
