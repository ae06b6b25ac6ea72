"""Bounded worker slots for blocking handlers.

A `def` handler runs on a thread. The number of those threads is bounded; requests beyond it
wait for a slot. Handlers that must always answer (health, metrics) are `async def`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from prometheus_client import Gauge

from services.chassis.metrics import publish

SLOTS = Gauge("worker_slots", "Threads for blocking handlers.", registry=None)
IN_USE = Gauge("worker_slots_in_use", "Threads that run a handler now.", registry=None)
WAITING = Gauge("worker_slots_waiting", "Requests that wait for a thread.", registry=None)


@asynccontextmanager
async def bounded_slots(count: int) -> AsyncIterator[None]:
    """Run blocking handlers of this event loop on `count` threads, and export their use."""
    limiter = anyio.to_thread.current_default_thread_limiter()
    limiter.total_tokens = count
    SLOTS.set(count)
    IN_USE.set_function(lambda: limiter.borrowed_tokens)
    WAITING.set_function(lambda: limiter.statistics().tasks_waiting)
    publish(SLOTS, IN_USE, WAITING)
    yield
