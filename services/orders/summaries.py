"""Orders in a sentence or two, as the assistant writes them."""

from __future__ import annotations

from services.chassis.db import Database
from services.chassis.errors import Problem
from services.orders import store
from services.orders.peers import Assistant
from services.orders.schemas import SummaryOut


class Summaries:
    """Summaries are written when somebody first looks, and nobody waits for that."""

    def __init__(self, db: Database, assistant: Assistant) -> None:
        self._db, self._assistant = db, assistant

    async def of(self, order_id: int) -> SummaryOut:
        """The summary as it is by now: a simple one until the assistant has written a better.

        Raises Problem (404: no such order, or none that is priced) and PeerFailure.
        """
        found = await self._assistant.summary(order_id)
        if found is None:
            await self._ask(order_id)
            found = await self._assistant.summary(order_id)
        return SummaryOut.model_validate(found)

    async def _ask(self, order_id: int) -> None:
        async with self._db.reading() as session:
            order = await store.find(session, order_id)
        if order is None or not order.lines:
            raise Problem(404, "No such order", f"there is no order {order_id} to be summarised")
        await self._assistant.ask(order)
