"""Reading a priced basket out of an answer of the shop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harness.verification.money import as_money


@dataclass(frozen=True)
class PricedLine:
    """What one line of a basket costs, net of tax."""

    sku: str
    quantity: int
    unit_price: Decimal
    discount: Decimal

    @property
    def net(self) -> Decimal:
        """What is taxed."""
        return self.unit_price * self.quantity - self.discount


@dataclass(frozen=True)
class Delivery:
    """Who would deliver a basket, and how many days it takes."""

    carrier: str
    days: int


@dataclass(frozen=True)
class Offer:
    """What a basket costs, in no order of lines, and how it would come."""

    lines: frozenset[PricedLine]
    delivery: Delivery | None
    """None: the answer names none."""


def priced_line(item: Any) -> PricedLine | None:
    """One line of a JSON answer; None where it is not one."""
    if not isinstance(item, dict):
        return None
    sku, quantity = item.get("sku"), item.get("quantity")
    unit_price, discount = as_money(item.get("net_unit_price")), as_money(item.get("discount"))
    if not isinstance(sku, str) or type(quantity) is not int:
        return None
    if unit_price is None or discount is None:
        return None
    return PricedLine(sku, quantity, unit_price, discount)


def priced_lines(body: Any) -> tuple[PricedLine, ...] | None:
    """The lines of a priced basket or order; None where the answer does not hold them all."""
    items = body.get("lines") if isinstance(body, dict) else None
    if not isinstance(items, list) or not items:
        return None
    lines = [priced_line(item) for item in items]
    known = tuple(line for line in lines if line is not None)
    return known if len(known) == len(lines) else None


def offer(body: Any) -> Offer | None:
    """The offer in an answer; None where it does not hold all its lines."""
    lines = priced_lines(body)
    return None if lines is None else Offer(frozenset(lines), _delivery(body.get("delivery")))


def _delivery(item: Any) -> Delivery | None:
    if not isinstance(item, dict):
        return None
    carrier, days = item.get("carrier"), item.get("days")
    return Delivery(carrier, days) if isinstance(carrier, str) and type(days) is int else None
