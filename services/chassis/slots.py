"""Bounded worker slots for blocking handlers.

A `def` handler runs on a thread. The number of those threads is bounded; requests beyond it
wait for a slot, but no longer than a caller would wait for the answer: work that nobody waits for
any more is not begun. Handlers that must always answer (health, metrics) are outside of this.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
import structlog
from prometheus_client import Gauge

from services.chassis.errors import Problem
from services.chassis.metrics import publish

log = structlog.stdlib.get_logger(__name__)

SLOTS = Gauge("worker_slots", "Threads for blocking handlers.", registry=None)
IN_USE = Gauge("worker_slots_in_use", "Threads that run a handler now.", registry=None)
WAITING = Gauge("worker_slots_waiting", "Requests that wait for a thread.", registry=None)


class WorkerSlots:
    """So many requests at a time; the others wait in order, `wait_ms` at most."""

    def __init__(self, count: int, wait_ms: int) -> None:
        self.count, self.wait_ms = count, wait_ms
        self.in_use = self.waiting = 0
        self._free = asyncio.Semaphore(count)

    @asynccontextmanager
    async def exported(self) -> AsyncIterator[None]:
        """Bound the threads of this event loop accordingly, and export their use."""
        anyio.to_thread.current_default_thread_limiter().total_tokens = self.count
        SLOTS.set(self.count)
        IN_USE.set_function(lambda: self.in_use)
        WAITING.set_function(lambda: self.waiting)
        publish(SLOTS, IN_USE, WAITING)
        yield

    async def hold(self) -> AsyncIterator[None]:
        """A dependency of every route: a slot for as long as the request is worked on.

        Raises Problem 503 where none became free in time.
        """
        await self._take()
        self.in_use += 1
        try:
            yield
        finally:
            self.in_use -= 1
            self._free.release()

    async def _take(self) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(self.wait_ms / 1000):
                await self._free.acquire()
        except TimeoutError:
            detail = f"no worker was free within {self.wait_ms} ms ({self.count} workers)"
            log.error(detail)  # noqa: TRY400  # the traceback says nothing that the line does not
            raise Problem(
                503, "All workers are busy", detail, headers={"Retry-After": "1"}
            ) from None
        finally:
            self.waiting -= 1
