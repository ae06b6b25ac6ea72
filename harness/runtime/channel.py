"""JSON lines over a socket pair, with file descriptors alongside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Mapping, Sequence
from typing import Any

Message = dict[str, Any]


class Channel:
    """One end of a conversation with a process that we started.

    Sending may be done by many tasks; receiving by one.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._buffer = b""
        self._sending = asyncio.Lock()
        self._receiving = self._closed = False

    async def send(self, message: Mapping[str, object], fds: Sequence[int] = ()) -> None:
        """Send one message; `fds` arrive with it. Raises OSError where the other end is gone."""
        data = json.dumps(message).encode() + b"\n"
        async with self._sending:
            if fds:
                # Descriptors ride on the first bytes; the messages that carry some are short
                # and rare, so that the buffer always has room for them.
                sent = socket.send_fds(self._socket, [data], list(fds))
                data = data[sent:]
            await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def receive(self) -> Message | None:
        """The next message, or None when the other end has closed."""
        loop = asyncio.get_running_loop()
        while b"\n" not in self._buffer:
            if self._closed:
                return None
            self._receiving = True
            try:
                data = await loop.sock_recv(self._socket, 1 << 16)
            except OSError:
                return None
            finally:
                self._receiving = False
                if self._closed:
                    self._socket.close()
            if not data:
                return None
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        message: Message = json.loads(line)
        return message

    def close(self) -> None:
        """Close our end; the other end sees that, and so does whoever receives on this one."""
        self._closed = True
        if self._receiving:
            # Closed under a receiver, the event loop would go on watching a number that is soon
            # reused: wake the receiver instead, which then closes.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        else:
            self._socket.close()
