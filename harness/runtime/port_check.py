"""The stack's ports: all on 127.0.0.1, checked before anything starts."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from harness.errors import PortTaken
from harness.runtime.procfs import port_holder, port_is_free

BACKLOG = 2048


def require_free(ports: Iterable[int]) -> None:
    """Raise PortTaken, naming the holder, for the first port that somebody else has."""
    for port in ports:
        if not port_is_free(port):
            raise PortTaken(port, port_holder(port))


def listen(port: int) -> socket.socket:
    """A listening socket to hand from release to release. Raises PortTaken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortTaken(port, port_holder(port)) from error
    return listener
