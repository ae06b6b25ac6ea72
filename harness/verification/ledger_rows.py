"""The ledger, read from billing's database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from harness.verification.database_access import ShopDatabases
from harness.verification.db_facts import InvoiceTruth, RunningTotal
from harness.verification.money import LineMoney
from harness.verification.reconciliation import MARGIN, WINDOW, Settled

_INVOICES = """
    SELECT i.order_id, i.gross AS header, e.sku, e.net, e.tax, e.gross
    FROM invoices i LEFT JOIN entries e ON e.order_id = i.order_id
    WHERE i.order_id = ANY($1::bigint[])
"""
# One statement, so that total and postings are seen at the same moment.
_RUNNING_TOTALS = """
    SELECT a.name, a.running_total, coalesce(sum(e.gross), 0) AS postings
    FROM accounts a
    LEFT JOIN invoices i ON i.account = a.name
    LEFT JOIN entries e ON e.order_id = i.order_id
    GROUP BY a.name, a.running_total
"""
_CAPTURED_BETWEEN = """
    SELECT order_id, amount, captured_at FROM charges
    WHERE state = 'captured' AND captured_at BETWEEN $1 AND $2
"""


async def invoices_of(
    databases: ShopDatabases, order_ids: Sequence[int]
) -> Mapping[int, InvoiceTruth]:
    """The invoices of these orders; those without one are absent. Raises NotKnowable."""
    headers: dict[int, Decimal] = {}
    totals: dict[int, Decimal] = {}
    lines: dict[int, dict[str, LineMoney]] = {}
    for row in await databases.fetch("billing", _INVOICES, list(order_ids)):
        order_id = row["order_id"]
        headers[order_id] = row["header"]
        totals[order_id] = totals.get(order_id, Decimal("0.00")) + (row["gross"] or Decimal(0))
        its_lines = lines.setdefault(order_id, {})
        if row["sku"] is not None:
            its_lines[row["sku"]] = LineMoney(row["net"], row["tax"], row["gross"])
    return {
        order_id: InvoiceTruth(order_id, header, totals[order_id], lines[order_id])
        for order_id, header in headers.items()
    }


async def running_totals(databases: ShopDatabases) -> Mapping[str, RunningTotal]:
    """Each account's total beside the exact sum of its postings. Raises NotKnowable."""
    rows = await databases.fetch("billing", _RUNNING_TOTALS)
    return {row["name"]: RunningTotal(row["running_total"], row["postings"]) for row in rows}


async def settled_around(databases: ShopDatabases, run_at: datetime) -> list[Settled]:
    """Orders captured in the window of a reconciliation at `run_at`, beside the ledger.

    Raises NotKnowable.
    """
    first, last = run_at - WINDOW - MARGIN, run_at + MARGIN
    captured = await databases.fetch("payments", _CAPTURED_BETWEEN, first, last)
    invoices = await invoices_of(databases, [row["order_id"] for row in captured])
    return [
        Settled(
            row["captured_at"],
            row["amount"],
            invoice.gross if (invoice := invoices.get(row["order_id"])) else None,
        )
        for row in captured
    ]
