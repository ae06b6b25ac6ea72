"""Ranking by the assistant, for a bounded number of customers at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from services.chassis.http import PeerClient, PeerFailure
from services.chassis.metrics import publish
from services.chassis.slots import IN_USE, SLOTS, WAITING
from services.feed.domain import Item
from services.feed.metrics import RANKINGS_IN_FLIGHT, SHED

log = structlog.stdlib.get_logger(__name__)

PEER = "assistant"


class Ranker:
    """Asks the assistant for so many customers at a time; the others wait in order, `wait_ms` at
    most."""

    def __init__(self, assistant: PeerClient, at_a_time: int, wait_ms: int) -> None:
        self._assistant, self._at_a_time, self._wait_ms = assistant, at_a_time, wait_ms
        self._places = asyncio.Semaphore(at_a_time)
        self._in_flight = self._waiting = 0
        RANKINGS_IN_FLIGHT.set_function(lambda: self._in_flight)

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: exports how many rankings run and wait."""
        SLOTS.set(self._at_a_time)
        IN_USE.set_function(lambda: self._in_flight)
        WAITING.set_function(lambda: self._waiting)
        publish(SLOTS, IN_USE, WAITING)
        yield

    async def rank(self, user_id: int, items: Sequence[Item]) -> list[str]:
        """The customer's own order of `items`; empty where the model gave none in time."""
        if not await self._take():
            SHED.labels("ranking").inc()
            return []
        self._in_flight += 1
        try:
            asked = {"user_id": user_id, "candidates": [item.sku for item in items]}
            answer = await self._assistant.post("/rankings", json=asked)
        except PeerFailure as failure:
            log.warning("feed without ranking", user_id=user_id, reason=str(failure))
            return []
        finally:
            self._in_flight -= 1
            self._places.release()
        return list(answer["skus"]) if answer["source"] == "model" else []

    async def _take(self) -> bool:
        """A place at the model, unless it takes too long to get one."""
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_ms / 1000):
                await self._places.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True
