"""Reconciling the ledger with payments, every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from services.billing import discrepancies, metrics, store
from services.billing.comparison import WINDOW, Comparison, Settlement, compare, due_for_comparison
from services.chassis.db import Database
from services.chassis.errors import Problem
from services.chassis.http import PeerClient, PeerFailure
from services.chassis.metrics import BACKGROUND_JOBS

log = structlog.stdlib.get_logger(__name__)


class Reconciler:
    """Compares what the ledger holds with what payments captured."""

    def __init__(self, db: Database, payments: PeerClient, *, interval_ms: int) -> None:
        self._db, self._payments = db, payments
        self._interval_s = interval_ms / 1000
        self._turn = asyncio.Lock()

    async def run(self) -> Comparison:
        """Compare the orders settled in the last half minute, and export and keep what was found.

        Raises PeerFailure where payments cannot be asked; nothing is changed then.
        """
        async with self._turn:
            now = datetime.now(UTC)
            settlements = due_for_comparison(await self._settlements_since(now - WINDOW), now)
            async with self._db.session() as session:
                ids = [settlement.order_id for settlement in settlements]
                ledger = await store.gross_by_order(session, ids)
                comparison = compare(settlements, ledger, now)
                news = await discrepancies.record(session, comparison.mismatches)
                await discrepancies.resolve(session, comparison.agreeing)
            metrics.show(comparison)
        for mismatch in comparison.mismatches:
            if mismatch.order_id in news:
                log.warning(
                    "ledger and payments disagree",
                    order_id=mismatch.order_id,
                    ledger=mismatch.ledger,
                    charged=mismatch.charged,
                )
        return comparison

    async def charged(self, order_ids: Collection[int]) -> dict[int, Decimal]:
        """What payments captured for each of `order_ids`; raises PeerFailure."""
        answer = await self._payments.get(
            "/charges", params=[("order_id", id_) for id_ in order_ids]
        )
        return {
            charge["order_id"]: Decimal(charge["amount"])
            for charge in answer["charges"]
            if charge["state"] == "captured"
        }

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: reconciles in the background while it serves."""
        task = asyncio.create_task(self._keep_reconciling())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_reconciling(self) -> None:
        while True:
            try:
                with BACKGROUND_JOBS.track_inprogress():
                    await self.run()
            except (PeerFailure, Problem, SQLAlchemyError, OSError) as error:
                log.warning("reconciliation skipped", reason=str(error))
            except Exception:
                # An odd answer, perhaps: the next one may be better, and nobody else looks.
                log.exception("reconciliation broke off")
            await asyncio.sleep(self._interval_s)

    async def _settlements_since(self, since: datetime) -> list[Settlement]:
        answer = await self._payments.get("/settlements", params={"since": since.isoformat()})
        return [
            Settlement(
                order_id=row["order_id"],
                amount=Decimal(row["amount"]),
                captured_at=datetime.fromisoformat(row["captured_at"]),
            )
            for row in answer["settlements"]
        ]
