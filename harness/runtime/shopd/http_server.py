"""Serving one release: first in private, then on the service's port, then draining.

Commands: `accept` (with the service's listening socket), `drain` (idle_grace_s), and `sample`
(every_s, for_s, with the file to write to), which says where processor time goes.
The host's end closing ends the process.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import time
from collections.abc import Coroutine
from typing import Any

import uvicorn
import uvloop

from . import failure
from .cpu_samples import write_samples
from .order import Order
from .wire import Wire

BACKLOG = 2048
KEEP_ALIVE_S = 75  # longer than the callers' pools keep theirs, so that it is they who close
COLLECT_EVERY = (50_000, 50, 50)
"""Measured: with the heap frozen, p99 of a query endpoint falls from 32 to 10 ms."""


class StartupErrors(logging.Handler):
    """Keeps what the server logs when an application fails to start."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class ReleaseServer(uvicorn.Server):
    """uvicorn's server, with the port handed over while it runs."""

    def __init__(self, config: uvicorn.Config, wire: Wire) -> None:
        super().__init__(config)
        self.wire = wire
        self.tasks: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application on its private port, and say so."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_EVERY)
        asyncio.get_running_loop().add_reader(self.wire.fileno(), self.listen)
        self.wire.send(event="serving", port=sockets[0].getsockname()[1] if sockets else 0)

    def listen(self) -> None:
        """Take the host's commands."""
        messages = self.wire.receive()
        if messages is None:
            asyncio.get_running_loop().remove_reader(self.wire.fileno())
            self.should_exit = True
            return
        for message in messages:
            match message["op"]:
                case "accept":
                    self.begin(self.accept())
                case "sample":
                    write_samples(self.wire.fds.pop(0), message["every_s"], message["for_s"])
                case _:
                    self.begin(self.drain(message["idle_grace_s"]))

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what takes a while beside serving."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def accept(self) -> None:
        """Serve on the service's own port from now on."""
        listener = socket.socket(fileno=self.wire.fds.pop(0))
        public = await asyncio.get_running_loop().create_server(
            self.protocol, sock=listener, backlog=BACKLOG
        )
        for private in self.servers:
            private.close()
        self.servers = [public]
        self.wire.send(event="accepting")

    def protocol(self) -> asyncio.Protocol:
        """One connection's protocol, as uvicorn itself makes them."""
        made: Any = self.config.http_protocol_class
        protocol: asyncio.Protocol = made(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol

    async def drain(self, idle_grace_s: float) -> None:
        """Take no new connection, answer one more request on each open one, then end.

        Idle connections are closed after `idle_grace_s`; what is in flight may take uvicorn's
        own `timeout_graceful_shutdown` beyond that.
        """
        for server in self.servers:
            server.close()
        closing = (b"connection", b"close")
        self.config.encoded_headers.append(closing)
        self.server_state.default_headers = [*self.server_state.default_headers, closing]
        deadline = time.monotonic() + idle_grace_s
        # uvicorn tells nobody when a connection ends.
        while self.server_state.connections and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        self.should_exit = True


def serve(application: Any, order: Order, wire: Wire, private: socket.socket | None = None) -> int:
    """Serve until told to end, at first on `private` (default: a free port); the exit code."""
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(order.limits["graceful_s"]),
    )
    server = ReleaseServer(config, wire)
    private = private or socket.create_server(("127.0.0.1", 0))
    errors = StartupErrors()
    log = logging.getLogger("uvicorn.error")
    log.addHandler(errors)
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        # The loop is left open: closing it would wait for threads that still work.
        loop.run_until_complete(server.serve(sockets=[private]))
    except SystemExit:
        wire.send(event="failed", error=failure.inside("\n".join(errors.lines), order.checkout))
        return 1
    finally:
        log.removeHandler(errors)
    return 0
