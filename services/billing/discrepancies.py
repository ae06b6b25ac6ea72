"""Every query on discrepancies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.comparison import Mismatch

LISTED_MAX = 200

# An order that is known and still differs is touched only where its figures have moved.
_RECORD = text(
    "INSERT INTO discrepancies AS known (order_id, ledger, charged) "
    "SELECT * FROM unnest("
    "CAST(:order_id AS bigint[]), CAST(:ledger AS numeric[]), CAST(:charged AS numeric[])) "
    "ON CONFLICT (order_id) DO UPDATE "
    "SET ledger = excluded.ledger, charged = excluded.charged, resolved_at = NULL "
    "WHERE known.resolved_at IS NOT NULL OR known.ledger IS DISTINCT FROM excluded.ledger "
    "RETURNING order_id"
)
_RESOLVE = text(
    "UPDATE discrepancies SET resolved_at = now() "
    "WHERE resolved_at IS NULL AND order_id = ANY(:ids)"
)
_OPEN = text(
    "SELECT order_id, ledger, charged, first_seen_at, count(*) OVER () AS open_count "
    "FROM discrepancies WHERE resolved_at IS NULL ORDER BY first_seen_at DESC, order_id LIMIT :max"
)


@dataclass(frozen=True)
class Discrepancy:
    """A mismatch that has not been resolved."""

    order_id: int
    ledger: Decimal | None
    charged: Decimal
    first_seen_at: datetime

    @property
    def difference(self) -> Decimal:
        """Ledger less payments."""
        return Mismatch(self.order_id, self.ledger, self.charged).difference


async def record(session: AsyncSession, mismatches: Sequence[Mismatch]) -> set[int]:
    """Keep `mismatches`; returns the ids of those that are news."""
    if not mismatches:
        return set()
    columns = {
        "order_id": [mismatch.order_id for mismatch in mismatches],
        "ledger": [mismatch.ledger for mismatch in mismatches],
        "charged": [mismatch.charged for mismatch in mismatches],
    }
    return set((await session.execute(_RECORD, columns)).scalars())


async def resolve(session: AsyncSession, order_ids: Collection[int]) -> None:
    """Close what is open on `order_ids`."""
    await session.execute(_RESOLVE, {"ids": list(order_ids)})


async def list_open(session: AsyncSession) -> tuple[int, list[Discrepancy]]:
    """How many are open, and the newest LISTED_MAX of them."""
    rows = (await session.execute(_OPEN, {"max": LISTED_MAX})).all()
    found = [Discrepancy(row.order_id, row.ledger, row.charged, row.first_seen_at) for row in rows]
    return (rows[0].open_count if rows else 0), found
