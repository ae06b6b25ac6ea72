"""Does billing's own reconciliation tell the truth about the ledger?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from harness.verification.exposition import Scrape

WINDOW = timedelta(seconds=30)
"""Orders settled in the last half minute are reconciled …"""
GRACE = timedelta(seconds=3)
"""… once their invoice has had time to be posted."""
INVOICE_DUE = timedelta(seconds=20)
"""An invoice may be posted late: only from this age on is a missing one a mismatch."""
MARGIN = timedelta(seconds=2)
"""Clocks are read and rows are written a little apart; nobody is judged by the window's edge."""
STALE = timedelta(seconds=15)


@dataclass(frozen=True)
class Settled:
    """An order that payments settled, beside what the ledger has for it."""

    settled_at: datetime
    captured: Decimal
    ledger: Decimal | None
    """None: the ledger does not know the order."""

    def mismatched(self, run_at: datetime) -> bool:
        """Whether a reconciliation at `run_at` had to see ledger and payments disagree."""
        if self.ledger is None:
            return run_at - self.settled_at > INVOICE_DUE + MARGIN
        return self.captured != self.ledger


@dataclass(frozen=True)
class Reported:
    """What billing's gauges say."""

    mismatched_orders: float | None
    reconciled_orders: float | None
    last_run_at: datetime | None


def reported_by(metrics: Scrape | None) -> Reported:
    """What billing's metrics say; all None where there are none."""
    if metrics is None:
        return Reported(None, None, None)
    run_at = metrics.total("ledger_last_run_timestamp_seconds")
    return Reported(
        mismatched_orders=metrics.total("ledger_mismatched_orders"),
        reconciled_orders=metrics.total("ledger_reconciled_orders"),
        last_run_at=datetime.fromtimestamp(run_at, UTC)
        if run_at is not None and _is_a_time(run_at)
        else None,
    )


def _is_a_time(timestamp_s: float) -> bool:
    """Whether a gauge holds a time at all: not "not a number", nor far beyond any calendar."""
    return 0 < timestamp_s < 1e11


def reconciliation_honest(
    reported: Reported, settled: Sequence[Settled], now: datetime
) -> float | None:
    """1.0 where what billing reports for its window agrees with what is found there, else 0.0.

    It may not say that all is well while orders disagree or while it looks at none of them, nor
    the reverse. None where it reports nothing, or only something old.
    """
    reported_mismatches, run_at = reported.mismatched_orders, reported.last_run_at
    if reported_mismatches is None or run_at is None or now - run_at > STALE:
        return None
    surely = _between(settled, run_at - WINDOW + MARGIN, run_at - GRACE - MARGIN)
    possibly = _between(settled, run_at - WINDOW - MARGIN, run_at + MARGIN)
    if surely and not reported.reconciled_orders:
        return 0.0
    if reported_mismatches == 0:
        return float(not any(order.mismatched(run_at) for order in surely))
    return float(any(order.captured != order.ledger for order in possibly))


def _between(orders: Iterable[Settled], first: datetime, last: datetime) -> list[Settled]:
    return [order for order in orders if first <= order.settled_at <= last]
