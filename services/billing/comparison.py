"""Comparing the ledger with what payments captured. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

WINDOW = timedelta(seconds=30)
GRACE = timedelta(seconds=3)
"""An order is invoiced just after it is charged: the newest charges are left for the next run."""
INVOICE_DUE = timedelta(seconds=20)
"""Invoices may be posted late, when billing was away; until then a missing one is no mismatch."""


@dataclass(frozen=True)
class Settlement:
    """A captured charge, as payments reports it."""

    order_id: int
    amount: Decimal
    captured_at: datetime


@dataclass(frozen=True)
class Mismatch:
    """An order on which ledger and payments disagree; `ledger` is None where it has no invoice."""

    order_id: int
    ledger: Decimal | None
    charged: Decimal

    @property
    def difference(self) -> Decimal:
        """Ledger less payments."""
        return (self.ledger or Decimal(0)) - self.charged


@dataclass(frozen=True)
class Comparison:
    """What one run found."""

    agreeing: tuple[int, ...]
    """Ids of the orders that agree to the cent."""
    mismatches: tuple[Mismatch, ...]

    @property
    def reconciled_orders(self) -> int:
        """How many orders were compared."""
        return len(self.agreeing) + len(self.mismatches)

    @property
    def mismatched_orders(self) -> int:
        """How many of them disagree."""
        return len(self.mismatches)

    @property
    def difference(self) -> Decimal:
        """Ledger less payments, over all orders compared."""
        return sum((mismatch.difference for mismatch in self.mismatches), Decimal(0))


def due_for_comparison(settlements: Iterable[Settlement], now: datetime) -> list[Settlement]:
    """Those captured in the last WINDOW, but for the newest GRACE."""
    return [
        settlement
        for settlement in settlements
        if now - WINDOW <= settlement.captured_at <= now - GRACE
    ]


def compare(
    settlements: Iterable[Settlement], ledger: Mapping[int, Decimal], now: datetime
) -> Comparison:
    """Compare each settlement with the `ledger` (gross by order id), exactly."""
    agreeing, mismatches = [], []
    for settlement in settlements:
        posted = ledger.get(settlement.order_id)
        if posted == settlement.amount:
            agreeing.append(settlement.order_id)
        elif posted is not None or now - settlement.captured_at > INVOICE_DUE:
            mismatches.append(Mismatch(settlement.order_id, posted, settlement.amount))
    return Comparison(tuple(agreeing), tuple(mismatches))
