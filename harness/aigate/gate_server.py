"""Serving the gate inside the host's event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from harness.aigate.gate_settings import GateSettings
from harness.aigate.gate_state import GateState
from harness.aigate.proxy import AiGate
from harness.bounded_http import ADMIT
from harness.door import Door
from harness.errors import StackFailed
from harness.tokens import TokenBook
from harness.waiting import wait_until

HEADERS_S = 10.0
"""From a connection until the headers of its one request are complete."""

HEADERS_MAX_BYTES = 65_536
STRANGERS_MAX = 100
"""Connections that have not shown a token; one more, and the oldest is let go."""
CALLER_MAX = 64
"""Connections of each role; a request is refused long before, by how many are under way."""
STOP_S = 2
START_S = 10.0


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the host."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(
    state: GateState, settings: GateSettings, tokens: TokenBook, listener: socket.socket
) -> AsyncIterator[None]:
    """Serve the gate on `listener`, a listening socket on 127.0.0.1, while the block runs; closes
    it afterwards. What is still streaming then is cut. Raises StackFailed."""
    port = listener.getsockname()[1]
    gate = AiGate(state, settings, tokens, hosts={f"127.0.0.1:{port}", f"localhost:{port}"})
    config = uvicorn.Config(
        gate,
        # h11 refuses more of what can be read in two ways than httptools does.
        http=_protocol(gate.note_unreadable),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=HEADERS_MAX_BYTES,
        timeout_graceful_shutdown=STOP_S,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))

    async def started() -> bool | None:
        if task.done():
            raise StackFailed("the AI gate stopped while starting")
        return server.started or None

    try:
        await wait_until(started, timeout_s=START_S, what="the AI gate")
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        gate.close()
        listener.close()


def _protocol(on_unreadable: Callable[[], None]) -> type[H11Protocol]:
    """HTTP that reports what it cannot read, and does not wait for headers without end, nor holds
    more connections than there may be."""
    door = Door(lambda: STRANGERS_MAX, lambda _: CALLER_MAX)

    class Protocol(H11Protocol):
        _deadline: asyncio.TimerHandle

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.app_state = {**self.app_state, ADMIT: self._admit}
            door.enter(self, self.client[0] if self.client else "", transport.abort)
            self._deadline = self.loop.call_later(HEADERS_S, self._too_slow)

        def connection_lost(self, exc: Exception | None) -> None:
            self._deadline.cancel()
            door.leave(self)
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            on_unreadable()
            super().send_400_response(msg)

        def _admit(self, caller: str) -> bool:
            return door.admit(self, caller)

        def _too_slow(self) -> None:
            if self.cycle is None:
                self.transport.abort()

    return Protocol
