"""Fills the billing database of a new installation."""

from __future__ import annotations

from decimal import Decimal

import psycopg

from services import sampledata
from services.billing.domain import SALES_ACCOUNT, Line, fingerprint
from services.sampledata.load import Rows, load

OPENING_BALANCE = Decimal("17402918334.20")
"""Carried forward from the former ledger."""

_INVOICE = (
    "order_id", "user_id", "account", "fingerprint", "net", "tax", "gross", "settled_at",
    "posted_at",
)  # fmt: skip
_ENTRY = ("order_id", "line_no", "kind", "sku", "net", "tax", "gross", "balance", "posted_at")


def seed(database_url: str) -> None:
    """Enter every sample order into an empty, migrated database. Blocking."""
    balance = OPENING_BALANCE
    invoices: list[tuple[object, ...]] = []
    entries: list[tuple[object, ...]] = []
    for order in sampledata.orders():
        lines = [
            Line(line.sku, line.quantity, line.net_unit_price, line.discount)
            for line in order.lines
        ]
        invoices.append(
            (order.id, order.user_id, SALES_ACCOUNT, fingerprint(order.user_id, lines), order.net,
             order.tax, order.total, order.settled_at, order.settled_at)
        )  # fmt: skip
        for line in order.lines:
            balance += line.gross
            entries.append(
                (order.id, line.line_no, "sale", line.sku, line.net, line.tax, line.gross,
                 balance, order.settled_at)
            )  # fmt: skip
    load(database_url, {"invoices": Rows(_INVOICE, invoices), "entries": Rows(_ENTRY, entries)})
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE accounts SET running_total = %s WHERE name = %s", (balance, SALES_ACCOUNT)
        )
