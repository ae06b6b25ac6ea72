"""Orders, their charges and their reservations, read from the services' databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from harness.verification.basket_parser import PricedLine
from harness.verification.database_access import ShopDatabases
from harness.verification.db_facts import OrderTruth

_COLUMNS = """
    o.id, o.user_id, o.status, o.total, o.placed_at,
    l.sku, l.quantity, l.net_unit_price, l.discount
"""
_PLACED = f"""
    SELECT {_COLUMNS}
    FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
    WHERE o.idempotency_key = ANY($1::text[]) OR o.id = ANY($2::bigint[])
    ORDER BY o.id, l.line_no
"""  # noqa: S608  # constant columns
_NEWEST = f"""
    SELECT {_COLUMNS}
    FROM unnest($1::bigint[]) AS wanted (user_id)
    CROSS JOIN LATERAL (
        SELECT * FROM orders WHERE orders.user_id = wanted.user_id ORDER BY id DESC LIMIT $2
    ) AS o
    LEFT JOIN order_lines l ON l.order_id = o.id
    ORDER BY o.id, l.line_no
"""  # noqa: S608  # constant columns
_SOME_PAID = "SELECT id, total FROM orders WHERE status = 'paid' ORDER BY id DESC LIMIT $1"
_RESERVED = """
    SELECT r.order_id, l.sku, l.quantity
    FROM reservations r JOIN reservation_lines l ON l.reservation_id = r.id
    WHERE r.order_id = ANY($1::bigint[])
"""
_CAPTURED = """
    SELECT order_id, amount FROM charges
    WHERE state = 'captured' AND order_id = ANY($1::bigint[])
"""


async def placed_orders(
    databases: ShopDatabases, keys: Sequence[str], order_ids: Sequence[int]
) -> list[OrderTruth]:
    """The orders placed under these idempotency keys, answered or not, and those with these ids.

    Raises NotKnowable.
    """
    return _orders(await databases.fetch("orders", _PLACED, list(keys), list(order_ids)))


async def newest_orders(
    databases: ShopDatabases, user_ids: Iterable[int], limit_per_user: int
) -> Mapping[int, list[OrderTruth]]:
    """Each user's newest orders, newest first. Raises NotKnowable."""
    distinct_ids = sorted(set(user_ids))
    found: dict[int, list[OrderTruth]] = {user_id: [] for user_id in distinct_ids}
    for order in reversed(
        _orders(await databases.fetch("orders", _NEWEST, distinct_ids, limit_per_user))
    ):
        found[order.user_id].append(order)
    return found


async def some_paid_orders(databases: ShopDatabases, limit: int) -> Mapping[int, Decimal]:
    """Recently paid orders and their totals. Raises NotKnowable."""
    rows = await databases.fetch("orders", _SOME_PAID, limit)
    return {row["id"]: row["total"] for row in rows}


async def reserved_stock(
    databases: ShopDatabases, order_ids: Sequence[int]
) -> Mapping[int, Mapping[str, int]]:
    """What is held for each order, by SKU. Raises NotKnowable."""
    held: dict[int, dict[str, int]] = {}
    for order_id, sku, quantity in await databases.fetch("a", _RESERVED, list(order_ids)):
        held.setdefault(order_id, {})[sku] = quantity
    return held


async def captured_amounts(
    databases: ShopDatabases, order_ids: Sequence[int]
) -> Mapping[int, list[Decimal]]:
    """What payments says was captured for each order. Raises NotKnowable."""
    captured: dict[int, list[Decimal]] = {}
    for order_id, amount in await databases.fetch("payments", _CAPTURED, list(order_ids)):
        captured.setdefault(order_id, []).append(amount)
    return captured


def _orders(rows: Sequence[Mapping[str, Any]]) -> list[OrderTruth]:
    """Orders from joined rows, in their order, each one's lines together."""
    found = []
    for _, group in groupby(rows, key=lambda row: row["id"]):
        lines = list(group)
        first = lines[0]
        found.append(
            OrderTruth(
                id=first["id"],
                user_id=first["user_id"],
                status=first["status"],
                total=first["total"],
                placed_at=first["placed_at"],
                lines=tuple(
                    PricedLine(row["sku"], row["quantity"], row["net_unit_price"], row["discount"])
                    for row in lines
                    if row["sku"] is not None
                ),
            )
        )
    return found
