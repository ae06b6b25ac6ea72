"""What an order is. Money is `Decimal`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    """How far an order has come."""

    PLACED = "placed"
    PAID = "paid"
    FAILED = "failed"
    """Not paid; the customer may try again."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of the basket as the customer filled it."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a customer orders."""

    user_id: int
    lines: tuple[Wanted, ...]

    def digest(self) -> str:
        """Equal for equal drafts: tells whether a repeated request asks for the same."""
        content = [self.user_id, [[line.sku, line.quantity] for line in self.lines]]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order: net = quantity x net_unit_price - discount, gross = net + tax."""

    line_no: int
    sku: str
    name: str
    quantity: int
    net_unit_price: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """An order; `total` is None and `lines` are empty until it has been priced."""

    id: int
    user_id: int
    status: Status
    currency: str
    placed_at: datetime
    settled_at: datetime | None
    total: Decimal | None
    lines: tuple[Line, ...]

    @property
    def amount(self) -> Decimal:
        """What the customer pays; raises ValueError before the order has been priced."""
        if self.total is None:
            raise ValueError(f"order {self.id} has no price yet")
        return self.total


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over an order's lines."""

    net: Decimal
    tax: Decimal
    total: Decimal


def totals(lines: Sequence[Line]) -> Totals:
    """What `lines` come to."""
    net = sum((line.net for line in lines), Decimal(0))
    tax = sum((line.tax for line in lines), Decimal(0))
    return Totals(net, tax, net + tax)


class KeyReused(Exception):
    """The Idempotency-Key was used for another order already."""


class InProgress(Exception):
    """A request with this Idempotency-Key is being worked on."""
