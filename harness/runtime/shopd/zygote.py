"""The process that forks releases. It has one thread and no event loop, or its forks would break.

Commands: `fork` (id, and what `Order` holds, with the child's end of its socket pair) and
`signal` (id, signal). Events: `ready`, `exited` (id, code).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
from typing import Any

from setproctitle import setproctitle

from . import child
from .order import Order
from .wire import Wire

CONTROL_FD = 3
LIBRARIES = (
    "fastapi",
    "fastapi.responses",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "httptools",
    "aiohttp",
    "requests",
    "sqlalchemy",
    "sqlalchemy.orm",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "asyncpg",
    "psycopg",
    "psycopg_pool",
    "prometheus_client",
    "prometheus_client.openmetrics.exposition",
    "structlog",
    "opentelemetry.sdk.trace",
    "opentelemetry.sdk.trace.export",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "pydantic_settings",
    "purgatory",
    "stamina",
    "alembic.command",
    "alembic.config",
)
"""What the shop's services are made of. One that is not installed costs its users, not us."""


class Zygote:
    """Forks on command, and tells how its children ended."""

    def __init__(self, control: Wire) -> None:
        self.control = control
        self.children: dict[int, str] = {}

    def run(self) -> None:
        """Serve until the host closes its end; the children go with us."""
        wake_read, wake_write = socket.socketpair()
        for end in (wake_read, wake_write):
            end.setblocking(False)
        signal.set_wakeup_fd(wake_write.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        selector = selectors.DefaultSelector()
        selector.register(self.control, selectors.EVENT_READ)
        selector.register(wake_read, selectors.EVENT_READ)
        self.control.send(event="ready", pid=os.getpid())
        while True:
            for key, _ in selector.select():
                if key.fileobj is wake_read:
                    wake_read.recv(4096)
                    continue
                messages = self.control.receive()
                if messages is None:
                    return
                for message in messages:
                    self.obey(message)
            self.reap()

    def obey(self, message: dict[str, Any]) -> None:
        """Carry out one command."""
        if message["op"] == "fork":
            conversation = self.control.fds.pop(0)
            order = Order(**message["order"])
            parent = os.getpid()
            try:
                pid = os.fork()
            except OSError as error:  # no more processes, or no memory for one
                refusing = Wire(conversation)
                refusing.send(event="failed", error=f"it could not be started: {error}")
                refusing.close()
                self.control.send(event="exited", id=message["id"], code=1)
                return
            if pid == 0:
                child.run(order, conversation, parent)
            os.close(conversation)
            self.children[pid] = message["id"]
        else:
            for pid, name in self.children.items():
                if name == message["id"]:
                    # The second is for one that has not yet made its own process group.
                    for send in (os.killpg, os.kill):
                        with contextlib.suppress(ProcessLookupError):
                            send(pid, message["signal"])

    def reap(self) -> None:
        """Tell of every child that ended."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                name = self.children.pop(pid)
                self.control.send(event="exited", id=name, code=os.waitstatus_to_exitcode(status))


def main() -> None:
    """Import everything, freeze it, and serve."""
    setproctitle("shopd")
    gc.disable()
    for library in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(library)
    gc.collect()
    gc.freeze()
    try:
        Zygote(Wire(CONTROL_FD)).run()
    except (BrokenPipeError, ConnectionResetError):
        sys.exit(0)
