"""Twelve months of orders."""

from __future__ import annotations

import psycopg

from services import sampledata
from services.sampledata.load import Rows, load


def seed(database_url: str) -> None:
    """Load the completed orders into a migrated, empty database; new ids follow theirs."""
    orders = sampledata.orders()
    load(
        database_url,
        {
            "orders": Rows(
                ("id", "user_id", "status", "currency", "net", "tax", "total", "placed_at",
                 "settled_at", "invoiced_at"),
                [
                    (o.id, o.user_id, "paid", o.currency, o.net, o.tax, o.total, o.placed_at,
                     o.settled_at, o.settled_at)
                    for o in orders
                ],
            ),
            "order_lines": Rows(
                ("order_id", "line_no", "sku", "name", "quantity", "net_unit_price", "discount",
                 "net", "tax", "gross"),
                [
                    (o.id, line.line_no, line.sku, line.name, line.quantity,
                     line.net_unit_price, line.discount, line.net, line.tax, line.gross)
                    for o in orders
                    for line in o.lines
                ],
            ),
        },
    )  # fmt: skip
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('orders', 'id'), max(id)) FROM orders"
        )
