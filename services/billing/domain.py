"""Rules of the ledger. All money is `Decimal`; binary floats cannot hold cents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
TAX_RATE = Decimal("0.15")
CURRENCY = "EUR"
SALES_ACCOUNT = "sales-EUR-EU"
"""One account per currency and tax region."""


@dataclass(frozen=True)
class Line:
    """One line of an order, before tax."""

    sku: str
    quantity: int
    net_unit_price: Decimal
    discount: Decimal

    @property
    def net(self) -> Decimal:
        """What the line comes to before tax."""
        return self.quantity * self.net_unit_price - self.discount


@dataclass(frozen=True)
class Entry:
    """One line of an order in the ledger; `balance` is the account's total after it."""

    line_no: int
    sku: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Posting:
    """What posting an order adds to an account."""

    entries: tuple[Entry, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    running_total: Decimal
    """The account's total afterwards."""


@dataclass(frozen=True)
class Invoice:
    """A posted order."""

    order_id: int
    user_id: int
    account: str
    fingerprint: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    settled_at: datetime
    posted_at: datetime


def post_lines(lines: Sequence[Line], running_total: Decimal) -> Posting:
    """Ledger entries for `lines`, on top of an account that stands at `running_total`.

    Tax is due on each line by itself, rounded half up to the cent.
    """
    entries = []
    for line_no, line in enumerate(lines, start=1):
        net = line.net
        tax = (net * TAX_RATE).quantize(CENT, ROUND_HALF_UP)
        gross = net + tax
        running_total += gross
        entries.append(Entry(line_no, line.sku, net, tax, gross, running_total))
    net_sum = sum((entry.net for entry in entries), Decimal(0))
    tax_sum = sum((entry.tax for entry in entries), Decimal(0))
    return Posting(tuple(entries), net_sum, tax_sum, net_sum + tax_sum, running_total)


def fingerprint(user_id: int, lines: Sequence[Line]) -> str:
    """The same for equal invoices only: tells a replay from an order posted twice."""
    parts = [str(user_id)]
    for line in lines:
        parts += [line.sku, str(line.quantity)]
        parts += [f"{line.net_unit_price:.2f}", f"{line.discount:.2f}"]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
