"""HTTP in and out of assistant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path

from services.assistant import store
from services.assistant.rankings import Rankings
from services.assistant.schemas import (
    AcceptedOut,
    RankingIn,
    RankingOut,
    SummaryIn,
    SummaryOut,
)
from services.chassis.db import Database
from services.chassis.errors import Problem


def build_router(db: Database, rankings: Rankings, wake: Callable[[], None]) -> APIRouter:
    """The routes of assistant; `wake` tells the workers that there is a task."""
    router = APIRouter()

    @router.post("/summaries", status_code=202)
    async def ask_for_summary(wanted: SummaryIn) -> AcceptedOut:
        """Queue the summary of an order. The same order again changes nothing."""
        async with db.session() as session:
            is_new = await store.enqueue(session, wanted.order_id, wanted.to_domain())
        if is_new:
            wake()
        return AcceptedOut(order_id=wanted.order_id, status="queued" if is_new else "known")

    @router.get("/summaries/{order_id}")
    async def get_summary(order_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> SummaryOut:
        """The summary of an order; 404 where nobody asked for one."""
        async with db.reading() as session:
            task = await store.of_order(session, order_id)
        if task is None:
            raise Problem(404, "No such summary", f"no summary of order {order_id} was asked for")
        return SummaryOut.of(task)

    @router.post("/rankings")
    async def rank(wanted: RankingIn) -> RankingOut:
        """Order products for a customer, within the budget or not at all."""
        return RankingOut.model_validate(await rankings.rank(wanted.user_id, wanted.candidates))

    return router
