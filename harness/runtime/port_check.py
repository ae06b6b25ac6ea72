"""The stack's ports: all on 127.0.0.1, checked before anything starts."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable

from harness.errors import EnvironmentMissing, PortTaken
from harness.runtime.procfs import has_listener, outgoing_ports, port_holder, port_is_free

BACKLOG = 2048
LOOPBACK = "127.0.0.1"


def require_free(ports: Iterable[int]) -> None:
    """Raise PortTaken, naming the holder, for the first port that somebody else has."""
    for port in ports:
        if not port_is_free(port):
            raise _taken(port)


def risk_of_collision(ports: Iterable[int], offset: int) -> str:
    """What to tell where some of the ports may be taken at any time by outgoing connections; empty
    where none can be. `offset` is that of these ports."""
    outgoing = outgoing_ports()
    if not (shared := sorted(outgoing.intersection(ports))):
        return ""
    lowest, highest = min(outgoing), max(ports)
    told = (
        f"ports {shared[0]} to {shared[-1]} are among those that the kernel gives to outgoing "
        f"connections ({lowest} and up): one of them may be taken at any time"
    )
    safe = lowest - 1 - (highest - offset)
    return f"{told}; with --port-offset {safe} or less none can be" if safe >= 0 else told


def _taken(port: int) -> PortTaken:
    holder = port_holder(port)
    if has_listener(port) or port not in outgoing_ports():
        return PortTaken(port, holder)
    return PortTaken(
        port,
        holder,
        "the kernel gives this port to outgoing connections: choose a lower --port-offset",
    )


def listen(port: int, address: str = LOOPBACK) -> socket.socket:
    """A listening socket to hand from release to release. Raises PortTaken."""
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise EnvironmentMissing(
                f"port {port} of {address} cannot be listened on: {error.strerror}",
                "choose another block of ports with --port-offset",
            ) from error
        raise _taken(port) from error
    return listener
