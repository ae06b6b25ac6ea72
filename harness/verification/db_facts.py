"""What the databases say about orders: plain rows, independent of any answer of the shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from harness.verification.api_calls import Line
from harness.verification.basket_parser import PricedLine
from harness.verification.money import LineMoney, gross_total, line_money

PAID = "paid"
CAPTURED = "captured"
"""What payments says of the charge of a paid order."""


@dataclass(frozen=True)
class OrderTruth:
    """An order in the orders database."""

    id: int
    user_id: int
    status: str
    total: Decimal | None
    placed_at: datetime
    lines: tuple[PricedLine, ...]

    @property
    def paid(self) -> bool:
        """Whether the shop says that it got its money."""
        return self.status == PAID

    def basket_lines(self) -> frozenset[Line]:
        """What was bought, without its price."""
        return frozenset(Line(line.sku, line.quantity) for line in self.lines)

    def expected_lines(self) -> dict[str, LineMoney]:
        """What each line must come to, by SKU, computed anew."""
        return {
            line.sku: line_money(line.unit_price, line.quantity, line.discount)
            for line in self.lines
        }

    def expected_total(self) -> Decimal:
        """What the customer must pay, computed anew."""
        return gross_total(self.expected_lines().values())


@dataclass(frozen=True)
class InvoiceTruth:
    """An invoice in the billing database."""

    order_id: int
    header: Decimal
    """What the invoice itself says."""
    gross: Decimal
    """What its entries add up to, corrections included."""
    lines: dict[str, LineMoney]
    """Its entries by SKU, without corrections."""


@dataclass(frozen=True)
class RunningTotal:
    """An account at one moment: what it claims, and what its postings really add up to."""

    claimed: Decimal
    postings: Decimal
