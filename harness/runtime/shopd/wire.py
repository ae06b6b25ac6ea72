"""JSON lines over a socket, with file descriptors alongside: the blocking end."""

from __future__ import annotations

import json
import socket
from typing import Any

Message = dict[str, Any]


class Wire:
    """Our end of the conversation with the host."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._buffer = b""
        self.fds: list[int] = []
        """Descriptors that came and that nobody has taken yet, in order."""

    def fileno(self) -> int:
        """For selectors and event loops."""
        return self._socket.fileno()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, **message: object) -> None:
        """Send one message. Raises OSError where the host is gone."""
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> list[Message] | None:
        """What has come, once readable; None when the host has closed its end."""
        try:
            data, fds, _, _ = socket.recv_fds(self._socket, 1 << 16, 16, socket.MSG_CMSG_CLOEXEC)
        except OSError:
            return None
        self.fds.extend(fds)
        if not data:
            return None
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [json.loads(line) for line in lines]
