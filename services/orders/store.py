"""Every query of the orders database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.orders.domain import Draft, Line, Order, Status, Totals

ORDER_COLUMNS = "o.id, o.user_id, o.status, o.currency, o.placed_at, o.settled_at, o.total"
LINE_COLUMNS = (
    "l.line_no, l.sku, l.name, l.quantity, l.net_unit_price, l.discount, l.net, l.tax, l.gross"
)

# A new key inserts an order; the key of an unpaid order that nobody works on any more takes that
# order up again; in all other cases no row comes back.
_CLAIM = text(
    f"""
    INSERT INTO orders AS o
        (user_id, status, currency, idempotency_key, request_digest, claimed_until)
    VALUES (:user_id, 'placed', :currency, :key, :digest, now() + :claim)
    ON CONFLICT (idempotency_key) DO UPDATE
        SET status = 'placed', claimed_until = excluded.claimed_until
        WHERE o.status <> 'paid'
          AND o.request_digest = excluded.request_digest
          AND (o.claimed_until IS NULL OR o.claimed_until < now())
    RETURNING {ORDER_COLUMNS}
    """
)

_BY_KEY = text("SELECT id, request_digest FROM orders WHERE idempotency_key = :key")

_BY_ID = text(
    f"""
    SELECT {ORDER_COLUMNS}, {LINE_COLUMNS}
    FROM orders o
    LEFT JOIN order_lines l ON l.order_id = o.id
    WHERE o.id = :order_id
    ORDER BY l.line_no
    """
)

_NEWEST = text(
    f"""
    SELECT {ORDER_COLUMNS}, {LINE_COLUMNS}
    FROM unnest(CAST(:user_ids AS bigint[])) AS wanted (user_id)
    CROSS JOIN LATERAL (
        SELECT *
        FROM orders
        WHERE orders.user_id = wanted.user_id
        ORDER BY orders.id DESC
        LIMIT :limit_per_user
    ) AS o
    LEFT JOIN order_lines l ON l.order_id = o.id
    ORDER BY o.user_id, o.id DESC, l.line_no
    """
)

_TO_INVOICE = text(
    f"""
    SELECT {ORDER_COLUMNS}, {LINE_COLUMNS}
    FROM (
        SELECT *
        FROM orders
        WHERE status = 'paid' AND invoiced_at IS NULL AND settled_at < :settled_before
        ORDER BY settled_at
        LIMIT :limit
    ) AS o
    JOIN order_lines l ON l.order_id = o.id
    ORDER BY o.id, l.line_no
    """
)

_ADD_LINES = text(
    """
    INSERT INTO order_lines
        (order_id, line_no, sku, name, quantity, net_unit_price, discount, net, tax, gross)
    VALUES
        (:order_id, :line_no, :sku, :name, :quantity, :net_unit_price, :discount, :net, :tax,
         :gross)
    """
)

_SET_TOTALS = text("UPDATE orders SET net = :net, tax = :tax, total = :total WHERE id = :order_id")

_SET_PAID = text(
    """
    UPDATE orders SET status = 'paid', settled_at = :settled_at, claimed_until = NULL
    WHERE id = :order_id
    """
)

_SET_FAILED = text(
    """
    UPDATE orders SET status = 'failed', claimed_until = NULL
    WHERE id = :order_id AND status = 'placed'
    """
)

_SET_INVOICED = text("UPDATE orders SET invoiced_at = now() WHERE id = :order_id")


async def claim(
    session: AsyncSession, key: str, draft: Draft, currency: str, claim_for: timedelta
) -> Order | None:
    """The order to work on, new or left unpaid; None where there is none to work on."""
    values = {
        "user_id": draft.user_id,
        "currency": currency,
        "key": key,
        "digest": draft.digest(),
        "claim": claim_for,
    }
    row = (await session.execute(_CLAIM, values)).one_or_none()
    if row is None:
        return None
    if row.total is not None:  # priced before it was left: with the lines of that price
        return await get(session, row.id)
    return _order(row, lines=())


async def id_and_digest_by_key(session: AsyncSession, key: str) -> tuple[int, str]:
    """The order of an Idempotency-Key that is known to be in use, and its draft's digest."""
    row = (await session.execute(_BY_KEY, {"key": key})).one()
    return row.id, row.request_digest


async def find(session: AsyncSession, order_id: int) -> Order | None:
    """An order with its lines, or None; one statement."""
    orders = _orders(await session.execute(_BY_ID, {"order_id": order_id}))
    return orders[0] if orders else None


async def get(session: AsyncSession, order_id: int) -> Order:
    """An order that is known to exist, with its lines; one statement."""
    order = await find(session, order_id)
    if order is None:
        raise LookupError(f"order {order_id} is gone")
    return order


async def newest_orders(
    session: AsyncSession, user_ids: Sequence[int], limit_per_user: int
) -> list[Order]:
    """The newest orders of each user, with lines, newest first; one statement for all users."""
    values = {"user_ids": list(user_ids), "limit_per_user": limit_per_user}
    return _orders(await session.execute(_NEWEST, values))


async def orders_to_invoice(
    session: AsyncSession, settled_before: datetime, limit: int
) -> list[Order]:
    """Paid orders that are not in the ledger yet, with lines; one statement."""
    values = {"settled_before": settled_before, "limit": limit}
    return _orders(await session.execute(_TO_INVOICE, values))


async def set_priced(
    session: AsyncSession, order_id: int, lines: Sequence[Line], sums: Totals
) -> None:
    """Keep an order's priced lines and their totals."""
    await session.execute(
        _ADD_LINES,
        [
            {
                "order_id": order_id,
                "line_no": line.line_no,
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "net_unit_price": line.net_unit_price,
                "discount": line.discount,
                "net": line.net,
                "tax": line.tax,
                "gross": line.gross,
            }
            for line in lines
        ],
    )
    values = {"order_id": order_id, "net": sums.net, "tax": sums.tax, "total": sums.total}
    await session.execute(_SET_TOTALS, values)


async def set_paid(session: AsyncSession, order_id: int, settled_at: datetime) -> None:
    """The order's charge was captured."""
    await session.execute(_SET_PAID, {"order_id": order_id, "settled_at": settled_at})


async def set_failed(session: AsyncSession, order_id: int) -> None:
    """The order was not paid; its key may be tried again."""
    await session.execute(_SET_FAILED, {"order_id": order_id})


async def set_invoiced(session: AsyncSession, order_id: int) -> None:
    """The order is in the ledger."""
    await session.execute(_SET_INVOICED, {"order_id": order_id})


def _orders(rows: Iterable[Row[Any]]) -> list[Order]:
    """Orders from joined rows, which must be ordered so that each one's lines are together."""
    grouped = (list(group) for _, group in groupby(rows, key=lambda row: row.id))
    return [
        _order(group[0], tuple(_line(row) for row in group if row.line_no is not None))
        for group in grouped
    ]


def _order(row: Row[Any], lines: tuple[Line, ...]) -> Order:
    return Order(
        id=row.id,
        user_id=row.user_id,
        status=Status(row.status),
        currency=row.currency,
        placed_at=row.placed_at,
        settled_at=row.settled_at,
        total=row.total,
        lines=lines,
    )


def _line(row: Row[Any]) -> Line:
    return Line(
        line_no=row.line_no,
        sku=row.sku,
        name=row.name,
        quantity=row.quantity,
        net_unit_price=row.net_unit_price,
        discount=row.discount,
        net=row.net,
        tax=row.tax,
        gross=row.gross,
    )
