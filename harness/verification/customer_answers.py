"""What customers were told of their orders, to be held against the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from harness.verification.api_calls import Basket, Call, order_id_of
from harness.verification.db_facts import PAID, OrderTruth
from harness.verification.money import as_money


@dataclass(frozen=True)
class PaidAnswer:
    """A checkout whose customer was told that it is paid."""

    order_id: int
    basket: Basket
    total: Decimal | None
    """None: the answer held no amount."""

    def is_true_of(self, order: OrderTruth) -> bool:
        """Whether `order` is what this customer was told of, paid and at that total."""
        return (
            order.paid
            and order.user_id == self.basket.user_id
            and order.basket_lines() == frozenset(self.basket.lines)
            and self.total == order.total == order.expected_total()
        )


def paid_answers(checkouts: Sequence[Call]) -> list[PaidAnswer]:
    """What the checkouts that were answered as paid told their customers."""
    return [
        PaidAnswer(order_id, call.request.basket, as_money(call.body.get("total")))
        for call in checkouts
        if call.outcome == "ok"
        and call.request.basket is not None
        and (order_id := order_id_of(call)) is not None
        and call.body.get("status") == PAID
    ]


def untrue_order_ids(answers: Sequence[PaidAnswer], orders: Sequence[OrderTruth]) -> set[int]:
    """The orders of which somebody was told something that the books do not say.

    Each checkout has a key of its own, so an order that two of them were told of is untrue for one.
    """
    booked = {order.id: order for order in orders}
    times = Counter(one.order_id for one in answers)
    return {
        one.order_id
        for one in answers
        if times[one.order_id] > 1
        or (order := booked.get(one.order_id)) is None
        or not one.is_true_of(order)
    }
