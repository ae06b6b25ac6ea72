"""What billing exports beyond the chassis: the last reconciliation.

The series appear with the first run, so that a service that has just started is not taken for
one whose ledger was never reconciled.
"""

from __future__ import annotations

from prometheus_client import Gauge

from services.billing.comparison import Comparison
from services.chassis.metrics import publish

DIFFERENCE = Gauge(
    "ledger_difference",
    "Currency units: ledger less payments, for orders settled in the last half minute.",
    registry=None,
)
MISMATCHED = Gauge(
    "ledger_mismatched_orders", "Orders on which ledger and payments disagree.", registry=None
)
RECONCILED = Gauge("ledger_reconciled_orders", "Orders that were compared.", registry=None)
LAST_RUN = Gauge(
    "ledger_last_run_timestamp_seconds", "When the ledger was last reconciled.", registry=None
)


def show(comparison: Comparison) -> None:
    """Export the result of a run that has just finished."""
    DIFFERENCE.set(float(comparison.difference))
    MISMATCHED.set(len(comparison.mismatches))
    RECONCILED.set(comparison.reconciled_orders)
    LAST_RUN.set_to_current_time()
    publish(DIFFERENCE, MISMATCHED, RECONCILED, LAST_RUN)
