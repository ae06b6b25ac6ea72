"""The workers: they take due tasks from the queue, a bounded number at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from services.assistant import store
from services.assistant.domain import Task
from services.assistant.metrics import QUEUE_AGE, QUEUE_DEPTH
from services.chassis.db import Database
from services.chassis.metrics import BACKGROUND_JOBS

log = structlog.stdlib.get_logger(__name__)

MEASURE_EVERY_S = 1.0


class Workers:
    """Runs `attempt` on due tasks, `count` at once, while the service runs."""

    def __init__(
        self,
        db: Database,
        attempt: Callable[[Task], Awaitable[None]],
        *,
        count: int,
        lease_ms: int,
        poll_ms: int,
    ) -> None:
        self._db, self._attempt = db, attempt
        self._count, self._lease_ms, self._poll_s = count, lease_ms, poll_ms / 1000
        self._busy: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something to do: look at the queue now."""
        self._woken.set()

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: work begins at start and ends at shutdown.

        An attempt that the shutdown interrupts is repeated when its lease is over.
        """
        loops = [asyncio.create_task(self._take()), asyncio.create_task(self._measure())]
        try:
            yield
        finally:
            tasks = [*loops, *self._busy]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self) -> None:
        while True:
            self._woken.clear()
            free = self._count - len(self._busy)
            claimed = await self._claim(free) if free else []
            for task in claimed:
                busy = asyncio.create_task(self._work(task))
                self._busy.add(busy)
                busy.add_done_callback(self._done)
            if len(claimed) < free or not free:
                await self._rest()

    async def _claim(self, limit: int) -> list[Task]:
        try:
            with BACKGROUND_JOBS.track_inprogress():
                async with self._db.session() as session:
                    return await store.claim(session, limit=limit, lease_ms=self._lease_ms)
        except Exception as error:  # noqa: BLE001  # the database comes back, and so must we
            log.error("the queue cannot be read", reason=str(error))  # noqa: TRY400
            return []

    async def _work(self, task: Task) -> None:
        try:
            with BACKGROUND_JOBS.track_inprogress():
                await self._attempt(task)
        except Exception:
            # Nothing is lost: the task is due again when its lease is over.
            log.exception("attempt broke off", order_id=task.order_id)

    def _done(self, busy: asyncio.Task[None]) -> None:
        self._busy.discard(busy)
        self.wake()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._poll_s):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _measure(self) -> None:
        while True:
            try:
                with BACKGROUND_JOBS.track_inprogress():
                    async with self._db.reading() as session:
                        depth, age_s = await store.backlog(session)
            except Exception as error:  # noqa: BLE001  # as above
                log.error("the queue cannot be measured", reason=str(error))  # noqa: TRY400
            else:
                QUEUE_DEPTH.set(depth)
                QUEUE_AGE.set(age_s)
            await asyncio.sleep(MEASURE_EVERY_S)
