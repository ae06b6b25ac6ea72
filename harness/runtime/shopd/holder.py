"""Makes the listening sockets of the shop's network and hands them to the host, which holds them.

It runs in a container of its own, whose network is where the sockets live. `listen` (address, port)
is answered by `listening` with the socket, or by `failed` (error). The host's end closing ends it.
"""

from __future__ import annotations

import json
import socket
import sys

from .container import SOCKET
from .wire import Wire

BACKLOG = 2048


def main() -> int:
    """Serve the host until it closes its end."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(SOCKET)
    wire = Wire(connection.dup().detach())
    wire.send(event="ready")
    while (messages := wire.receive()) is not None:
        for message in messages:
            _listen(connection, message["address"], message["port"])
    return 0


def _listen(connection: socket.socket, address: str, port: int) -> None:
    answer: dict[str, object] = {"event": "listening", "port": port}
    with socket.socket() as listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, port))
            listener.listen(BACKLOG)
        except OSError as error:
            answer = {"event": "failed", "port": port, "error": str(error)}
        line = json.dumps(answer).encode() + b"\n"
        socket.send_fds(connection, [line], [listener.fileno()])


if __name__ == "__main__":
    sys.exit(main())
