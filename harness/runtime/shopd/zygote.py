"""The process that forks releases. It has one thread and no event loop, or its forks would break.

Commands: `fork` (id, and what `Order` holds, with the child's end of its socket pair) and
`end` (id). Events: `ready`, `exited` (id, code), once nothing is left that the child started.
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

from . import keeper
from .order import Order
from .wire import Wire

CONTROL_FD = 3
REPORT_BYTES = 16
LIBRARIES = (
    "fastapi",
    "fastapi.responses",
    "fastapi_offline",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "httptools",
    "aiohttp",
    "urllib3",
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
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2",
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
        self.keepers: dict[int, tuple[str, int]] = {}
        """By pid: what the host calls it, and where it says how its release ended."""

    def run(self) -> None:
        """Serve until the host closes its end; the children go with us."""
        keeper.adopt_orphans()
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
            report, written = os.pipe()
            try:
                pid = os.fork()
            except OSError as error:  # no more processes, or no memory for one
                os.close(report)
                os.close(written)
                keeper.refuse(conversation, error)
                self.control.send(event="exited", id=message["id"], code=1)
                return
            if pid == 0:
                keeper.keep(order, conversation, written, parent)
            os.close(conversation)
            os.close(written)
            self.keepers[pid] = message["id"], report
        else:
            for pid, (name, _) in self.keepers.items():
                if name == message["id"]:
                    os.kill(pid, signal.SIGTERM)
                    os.kill(pid, signal.SIGCONT)  # the release may have stopped it

    def reap(self) -> None:
        """Tell of every release that ended, with all that it started."""
        ended = []
        with contextlib.suppress(ChildProcessError):
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                ended.append(pid)
        if not ended:
            return
        told = [self.keepers.pop(pid) for pid in ended if pid in self.keepers]
        codes = [(name, _code(report)) for name, report in told]
        if len(told) < len(ended) or None in [code for _, code in codes]:
            # Somebody killed a keeper: what it kept is ours to end.
            keeper.end_children(frozenset(self.keepers))
        for name, code in codes:
            self.control.send(
                event="exited", id=name, code=-signal.SIGKILL if code is None else code
            )


def _code(report: int) -> int | None:
    """How a release ended, as its keeper says; None where that was killed before it could."""
    with os.fdopen(report, "rb") as reader:
        text = reader.read(REPORT_BYTES)
    return int(text) if text else None


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
