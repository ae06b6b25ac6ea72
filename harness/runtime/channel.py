"""JSON lines over a socket pair, with file descriptors alongside.

The other end may be code that we did not write. A line is bounded, what is no message is refused,
and each read gives all else that the host does its turn: whoever writes without end delays nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from harness import limits

Message = dict[str, Any]
READ_BYTES = 1 << 16


class NotAMessage(Exception):
    """What came is no message, or too long for one; the text says which."""


class Channel:
    """One end of a conversation with a process that we started.

    Sending may be done by many tasks; receiving by one.
    """

    def __init__(
        self, sock: socket.socket, *, line_bytes_max: int = limits.MESSAGE_BYTES_MAX
    ) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._line_bytes_max = line_bytes_max
        self._buffer = bytearray()
        self._searched = 0
        """So much of the buffer is known to hold no end of a line."""
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
        """The next message, or None when the other end has closed.

        Each has a text `event`. Raises NotAMessage, after which nothing more can be received.
        """
        while True:
            # A socket that always has data is read without waiting: the loop must get its turn.
            await asyncio.sleep(0)
            end = self._buffer.find(b"\n", self._searched)
            self._searched = len(self._buffer)
            if (self._searched if end < 0 else end) > self._line_bytes_max:
                raise NotAMessage(f"a line of more than {self._line_bytes_max} bytes")
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[: end + 1]
                self._searched = 0
                return _message(line)
            if not await self._read():
                return None

    async def _read(self) -> bool:
        """Take what has come into the buffer; False where the other end has closed."""
        if self._closed:
            return False
        self._receiving = True
        try:
            data = await asyncio.get_running_loop().sock_recv(self._socket, READ_BYTES)
        except OSError:
            return False
        finally:
            self._receiving = False
            if self._closed:
                self._socket.close()
        self._buffer += data
        return bool(data)

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


def _message(line: bytes) -> Message:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotAMessage(f"not JSON: {line[:40]!r}") from error
    if not isinstance(message, dict) or not isinstance(message.get("event"), str):
        raise NotAMessage(f"without an event: {line[:40]!r}")
    return message
