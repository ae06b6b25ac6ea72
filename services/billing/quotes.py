"""Quotes: what an order will cost, before anything is posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.billing.domain import CENT, TAX_RATE, Line


@dataclass(frozen=True)
class QuotedLine:
    """A line with its tax."""

    sku: str
    quantity: int
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """What the customer pays for the line."""
        return self.net + self.tax


@dataclass(frozen=True)
class Quote:
    """An order's lines and their sums."""

    lines: tuple[QuotedLine, ...]

    @property
    def net(self) -> Decimal:
        """The sum before tax."""
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The sum of the lines' taxes."""
        return sum((line.tax for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.net + self.tax


def quote_lines(lines: Sequence[Line]) -> Quote:
    """The tax on each line, rounded half up to the cent, and the totals."""
    return Quote(tuple(_quoted(line) for line in lines))


def _quoted(line: Line) -> QuotedLine:
    tax = (line.net * TAX_RATE).quantize(CENT, ROUND_HALF_UP)
    return QuotedLine(line.sku, line.quantity, line.net, tax)
