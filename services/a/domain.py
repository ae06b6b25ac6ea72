"""What can be promised to customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

HOLD = timedelta(minutes=15)
"""How long stock is held for an order. The warehouse books paid orders out well before that;
the stock of an order that was never paid is free again afterwards."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of the order."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Stock:
    """A product in stock; `available` is what is on hand less what is held for orders."""

    sku: str
    on_hand: int
    available: int


class Unavailable(Exception):
    """The order cannot be supplied."""

    def __init__(self, sku: str, wanted: int, available: int) -> None:
        super().__init__(f"{wanted} of '{sku}' wanted, {available} available")
        self.sku, self.wanted, self.available = sku, wanted, available


class UnknownProduct(LookupError):
    """The order holds something that is not sold."""


class OrderChanged(Exception):
    """The order has a reservation already, for other lines."""

    def __init__(self, order_id: int) -> None:
        super().__init__(f"order {order_id} has a reservation for other lines")
        self.order_id = order_id


def check_available(wanted: Sequence[Wanted], available: Mapping[str, int]) -> None:
    """Raises Unavailable for the first line that `available` (units by SKU) cannot supply."""
    for line in wanted:
        units = available.get(line.sku, 0)
        if units < line.quantity:
            raise Unavailable(line.sku, line.quantity, units)
