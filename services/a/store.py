"""Every query of the availability database."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.a.domain import HOLD, Stock, Wanted

# Locked in the order of their SKUs, so that two orders for the same products wait for each other
# instead of deadlocking. The holds are counted once the locks are held, in a second statement:
# one statement would count them as they were before it waited.
_LOCK = text("SELECT sku FROM stock WHERE sku = ANY(:skus) ORDER BY sku FOR UPDATE")

_STOCK = text(
    """
    SELECT s.sku, s.on_hand, s.on_hand - coalesce(sum(l.quantity), 0)
    FROM stock s
    LEFT JOIN reservation_lines l ON l.sku = s.sku AND l.held_until > now()
    WHERE s.sku = ANY(:skus)
    GROUP BY s.sku
    """
)

_RESERVATION = text(
    """
    SELECT r.id, l.sku, l.quantity
    FROM reservations r
    JOIN reservation_lines l ON l.reservation_id = r.id
    WHERE r.order_id = :order_id
    """
)

_RESERVE = text(
    """
    WITH reservation AS (
        INSERT INTO reservations (order_id, held_until)
        VALUES (:order_id, now() + :hold)
        RETURNING id, held_until
    ), held AS (
        INSERT INTO reservation_lines (reservation_id, sku, quantity, held_until)
        SELECT reservation.id, wanted.sku, wanted.quantity, reservation.held_until
        FROM reservation
        CROSS JOIN unnest(CAST(:skus AS text[]), CAST(:quantities AS integer[]))
            AS wanted (sku, quantity)
    )
    SELECT id FROM reservation
    """
)


def lock_stock(session: Session, skus: Collection[str]) -> None:
    """Keep other orders away from `skus` until the transaction ends."""
    session.execute(_LOCK, {"skus": sorted(skus)})


def stock(session: Session, skus: Collection[str]) -> dict[str, Stock]:
    """Those of `skus` that we stock, by SKU; one statement however many there are."""
    rows = session.execute(_STOCK, {"skus": sorted(skus)})
    return {sku: Stock(sku, on_hand, int(available)) for sku, on_hand, available in rows}


def reservation_of(session: Session, order_id: int) -> tuple[int, frozenset[Wanted]] | None:
    """The reservation of an order and what it holds, or None."""
    rows = session.execute(_RESERVATION, {"order_id": order_id}).all()
    if not rows:
        return None
    return rows[0][0], frozenset(Wanted(sku, quantity) for _, sku, quantity in rows)


def reserve(session: Session, order_id: int, wanted: Sequence[Wanted]) -> int:
    """Hold `wanted` for an order; the id of the reservation."""
    reservation_id: int = session.execute(
        _RESERVE,
        {
            "order_id": order_id,
            "hold": HOLD,
            "skus": [line.sku for line in wanted],
            "quantities": [line.quantity for line in wanted],
        },
    ).scalar_one()
    return reservation_id
