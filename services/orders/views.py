"""Orders as they are shown: from the domain to the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.orders.domain import Line, Order
from services.orders.history import Offers, UserHistory
from services.orders.peers import Charge
from services.orders.schemas import (
    BasketOut,
    HistoryLineOut,
    HistoryOrderOut,
    HistoryOut,
    LineOut,
    PaymentOut,
    PlacedOut,
    TrackedOrderOut,
    UserHistoryOut,
)


def placed(order: Order) -> PlacedOut:
    """The answer to a placed order."""
    return PlacedOut(
        order_id=order.id,
        status=order.status,
        total=order.amount,
        currency=order.currency,
    )


def basket(priced: dict[str, Any]) -> BasketOut:
    """The answer to a basket that was only priced."""
    return BasketOut.model_validate(priced)


def tracked(order: Order, charge: Charge | None) -> TrackedOrderOut:
    """An order with its payment."""
    payment = PaymentOut(
        state=charge.state if charge else "none",
        captured_at=charge.captured_at if charge else None,
    )
    return TrackedOrderOut(
        order_id=order.id,
        user_id=order.user_id,
        status=order.status,
        placed_at=order.placed_at,
        total=order.total,
        currency=order.currency,
        lines=[LineOut.model_validate(line) for line in order.lines],
        payment=payment,
    )


def history(histories: Sequence[UserHistory], offers: Offers) -> HistoryOut:
    """Histories with the offers on what is in them."""
    return HistoryOut(
        users=[
            UserHistoryOut(
                user_id=found.user_id,
                profile=found.profile,
                orders=[_past_order(order, offers) for order in found.orders],
            )
            for found in histories
        ]
    )


def _past_order(order: Order, offers: Offers) -> HistoryOrderOut:
    return HistoryOrderOut(
        order_id=order.id,
        status=order.status,
        placed_at=order.placed_at,
        total=order.total,
        currency=order.currency,
        lines=[_past_line(line, offers) for line in order.lines],
    )


def _past_line(line: Line, offers: Offers) -> HistoryLineOut:
    return HistoryLineOut(
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        net_unit_price=line.net_unit_price,
        discount=line.discount,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
        offers=offers.get(line.sku, []),
    )
