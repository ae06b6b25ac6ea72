"""HTTP in and out of orders."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from services.chassis.db import Database
from services.chassis.errors import Problem
from services.orders import store, views
from services.orders.domain import InProgress, KeyReused
from services.orders.history import History
from services.orders.peers import Availability, Payments
from services.orders.placement import Placement
from services.orders.schemas import (
    BasketIn,
    BasketOut,
    HistoryOut,
    Id,
    PlacedOut,
    SummaryOut,
    TrackedOrderOut,
)
from services.orders.summaries import Summaries

KEY_LENGTH_MAX = 255
USERS_MAX = 100
LIMIT_PER_USER_MAX = 5
LIMIT_FOR_ONE_USER = 10
LIMIT_FOR_MANY_USERS = 1


def build_router(
    db: Database,
    placement: Placement,
    history: History,
    availability: Availability,
    payments: Payments,
    summaries: Summaries,
) -> APIRouter:
    """The routes of orders."""
    router = APIRouter()

    @router.post("/orders", status_code=201)
    async def place_order(
        basket: BasketIn, idempotency_key: Annotated[str | None, Header()] = None
    ) -> PlacedOut:
        """Place an order. The same key again is answered with the first order."""
        key = _checked(idempotency_key)
        try:
            order = await placement.place(key, basket.to_domain())
        except KeyReused:
            detail = "this key belongs to another order"
            raise Problem(422, "Idempotency-Key used twice", detail) from None
        except InProgress:
            detail = "a request with this key is being worked on"
            wait = {"Retry-After": "1"}
            raise Problem(409, "Order in progress", detail, headers=wait) from None
        return views.placed(order)

    @router.post("/baskets")
    async def price_basket(basket: BasketIn) -> BasketOut:
        """Price a basket before tax; nothing is stored or reserved."""
        return views.basket(await availability.price(basket.to_domain().lines))

    @router.get("/orders")
    async def list_orders(
        user_id: Annotated[list[Id], Query(min_length=1, max_length=USERS_MAX)],
        limit_per_user: Annotated[int | None, Query(ge=1, le=LIMIT_PER_USER_MAX)] = None,
    ) -> HistoryOut:
        """The newest orders of one customer or of many."""
        user_ids = list(dict.fromkeys(user_id))
        default = LIMIT_FOR_ONE_USER if len(user_ids) == 1 else LIMIT_FOR_MANY_USERS
        histories, offers = await history.read(user_ids, limit_per_user or default)
        return views.history(histories, offers)

    @router.get("/orders/{order_id}")
    async def track_order(order_id: Annotated[Id, Path()]) -> TrackedOrderOut:
        """One order and the state of its payment."""
        async with db.reading() as session:
            order = await store.find(session, order_id)
        if order is None:
            raise Problem(404, "No such order", f"there is no order {order_id}")
        return views.tracked(order, await payments.charge_of(order_id))

    @router.get("/orders/{order_id}/summary")
    async def summarise_order(order_id: Annotated[Id, Path()]) -> SummaryOut:
        """An order in a sentence or two."""
        return await summaries.of(order_id)

    return router


def _checked(key: str | None) -> str:
    if not key:
        raise Problem(400, "Idempotency-Key missing", "send one with every order")
    if len(key) > KEY_LENGTH_MAX:
        raise Problem(400, "Idempotency-Key too long", f"at most {KEY_LENGTH_MAX} characters")
    return key
