"""A container that becomes one release of one service, or runs one function of it.

The host listens on a Unix socket in the one directory that it shares with the container. Over that
connection it gives its order, with the private socket that the release is first served on, and
later the service's own listening socket. Sockets stay in the network in which they were made,
whoever holds them: that is what lets the host hand a port from release to release. The connection
is a lease, too: when the host closes it or dies, the release ends.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path
from typing import NoReturn

from setproctitle import setproctitle

from . import child, failure
from .order import Order
from .wire import Wire

SOCKET = "/run/control/host.sock"
BEAT_FILE = Path("/tmp/beat")  # noqa: S108  a tmpfs of the container's own
BEAT_S = 5


def main() -> NoReturn:
    """Take the order and carry it out."""
    code = 1
    # A name can only be taken while the environment is still where the kernel put it.
    setproctitle("release")
    try:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(SOCKET)
        code = _obey(Wire(connection.detach()))
    finally:
        child.flush()
        os._exit(code)


def _obey(wire: Wire) -> int:
    wire.send(event="started")
    messages = wire.receive()
    if not messages:
        return 1
    order = Order(**messages[0]["order"])
    private = socket.socket(fileno=wire.fds.pop(0)) if wire.fds else None
    child.line_by_line()
    child.become(order)
    threading.Thread(target=_beat, daemon=True).start()
    try:
        return child.work(order, wire, private)
    except BaseException as error:  # noqa: BLE001 - all that a release can raise is told
        wire.send(event="failed", error=failure.describe(error, order.checkout))
        return 1


def _beat() -> None:
    """Show the container's health check that this process still gets to run."""
    while True:
        BEAT_FILE.touch()
        time.sleep(BEAT_S)


if __name__ == "__main__":
    main()
