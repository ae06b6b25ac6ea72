"""Placing an order, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from services.chassis.db import Database
from services.chassis.errors import Problem
from services.chassis.peers import PeerFailure
from services.orders import store
from services.orders.domain import Draft, InProgress, KeyReused, Order, Status
from services.orders.invoicing import Invoicing
from services.orders.metrics import ORDERS
from services.orders.peers import Availability, Billing, Payments, Users

log = structlog.stdlib.get_logger(__name__)

CLAIM_FOR = timedelta(seconds=30)
"""Longer than all calls for one order may take together."""


@dataclass(frozen=True)
class Peers:
    """The services that take part in placing an order."""

    users: Users
    availability: Availability
    billing: Billing
    payments: Payments


class Declined(Problem):
    """The customer's means of payment was turned down."""

    def __init__(self, order_id: int) -> None:
        super().__init__(402, "Payment declined", f"order {order_id} was not paid")


class Placement:
    """Takes an order through stock, price, tax, payment and ledger.

    Every step may be repeated without harm, being idempotent by the order. So an order that was
    not paid is simply taken up again when its Idempotency-Key comes back. No database connection
    is held while another service is called.
    """

    def __init__(self, db: Database, peers: Peers, invoicing: Invoicing, currency: str) -> None:
        self._db, self._peers, self._invoicing = db, peers, invoicing
        self._currency = currency

    async def place(self, key: str, draft: Draft) -> Order:
        """The paid order; under a `key` that was paid before, that first order.

        Raises KeyReused, InProgress, Declined, Problem (409: not available; 422: unknown
        customer or product) and PeerFailure.
        """
        order = await self._claim(key, draft)
        if order.status is Status.PAID:
            return order
        try:
            order = await self._carry_out(order, draft)
        except (PeerFailure, Problem) as failure:
            ORDERS.labels("declined" if isinstance(failure, Declined) else "failed").inc()
            log.warning("order not placed", order_id=order.id, reason=str(failure))
            async with self._db.session() as session:
                await store.set_failed(session, order.id)
            raise
        ORDERS.labels("paid").inc()
        return order

    async def _claim(self, key: str, draft: Draft) -> Order:
        """The order that `key` stands for: paid, or ours alone to work on."""
        async with self._db.session() as session:
            claimed = await store.claim(session, key, draft, self._currency, CLAIM_FOR)
            if claimed is not None:
                return claimed
            order_id, digest = await store.id_and_digest_by_key(session, key)
            if digest != draft.digest():
                raise KeyReused
            order = await store.get(session, order_id)
        if order.status is not Status.PAID:
            raise InProgress
        return order

    async def _carry_out(self, order: Order, draft: Draft) -> Order:
        if order.total is None:
            order = await self._price(order, draft)
        settled_at = await self._collect(order)
        async with self._db.session() as session:
            await store.set_paid(session, order.id, settled_at)
        order = replace(order, status=Status.PAID, settled_at=settled_at)
        await self._invoicing.post(order)
        return order

    async def _price(self, order: Order, draft: Draft) -> Order:
        """Reserve stock and keep the price: what is charged stays the same if we try again."""
        await self._peers.users.check_exists(draft.user_id)
        priced = await self._peers.availability.reserve(order.id, draft.lines)
        lines, sums = await self._peers.billing.quote(priced)
        async with self._db.session() as session:
            await store.set_priced(session, order.id, lines, sums)
        return replace(order, total=sums.total, lines=lines)

    async def _collect(self, order: Order) -> datetime:
        """When the order's charge was captured."""
        charge = await self._peers.payments.charge(order)
        if charge.captured_at is None:
            raise Declined(order.id)
        return charge.captured_at
