"""Getting paid orders into the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import structlog
from fastapi import FastAPI

from services.chassis.db import Database
from services.chassis.metrics import BACKGROUND_JOBS
from services.orders import store
from services.orders.domain import Order
from services.orders.peers import Billing

log = structlog.stdlib.get_logger(__name__)

CATCH_UP_EVERY_S = 2.0
CATCH_UP_AFTER = timedelta(seconds=10)
"""Younger orders are still being posted by the request that placed them."""
CATCH_UP_BATCH = 50


class Invoicing:
    """Posts invoices: at once, and later for those that billing did not take at once.

    The customer has paid by then, so a ledger that does not answer is no reason to turn the
    order away.
    """

    def __init__(self, db: Database, billing: Billing) -> None:
        self._db, self._billing = db, billing

    async def post(self, order: Order) -> bool:
        """Post a paid order; False (and a line in the log) where that is left for later.

        Raises nothing: the order is paid, whatever becomes of its invoice.
        """
        try:
            await self._billing.post_invoice(order)
            async with self._db.session() as session:
                await store.set_invoiced(session, order.id)
        except Exception as error:  # noqa: BLE001  # none of them is a reason to fail a paid order
            log.warning("invoice not posted yet", order_id=order.id, reason=str(error))
            return False
        return True

    async def catch_up(self) -> int:
        """Post the orders that were left behind, oldest first; how many got in.

        Stops at the first that billing does not take.
        """
        settled_before = datetime.now(UTC) - CATCH_UP_AFTER
        async with self._db.reading() as session:
            orders = await store.orders_to_invoice(session, settled_before, CATCH_UP_BATCH)
        posted = 0
        for order in orders:
            if not await self.post(order):
                break
            posted += 1
        if posted:
            log.info("invoices caught up", count=posted)
        return posted

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: catches up every few seconds while it serves."""
        task = asyncio.create_task(self._keep_catching_up())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_catching_up(self) -> None:
        while True:
            await asyncio.sleep(CATCH_UP_EVERY_S)
            try:
                with BACKGROUND_JOBS.track_inprogress():
                    await self.catch_up()
            except Exception as error:  # noqa: BLE001  # the database comes back, and so must we
                log.warning("invoices not caught up", reason=str(error))
