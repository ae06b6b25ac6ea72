"""Every query of payments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.payments.domain import Charge, ChargeRequest, State

SETTLEMENTS_MAX = 10_000

_COLUMNS = (
    "id, idempotency_key, fingerprint, order_id, user_id, amount, currency, state, "
    "provider_reference, captured_at"
)
# Conflicts on the key (a replay) and on the order (charged under another key) alike.
_INSERT = text(
    "INSERT INTO charges (idempotency_key, fingerprint, order_id, user_id, amount, currency) "
    "VALUES (:key, :fingerprint, :order_id, :user_id, :amount, :currency) "
    "ON CONFLICT DO NOTHING"
)
_LOCK = text(f"SELECT {_COLUMNS} FROM charges WHERE idempotency_key = :key FOR UPDATE")
_SETTLE = text(
    "UPDATE charges SET state = :state, provider_reference = :reference, "
    "captured_at = CASE WHEN :captured THEN clock_timestamp() END "
    f"WHERE id = :id RETURNING {_COLUMNS}"
)
_OF_ORDERS = text(f"SELECT {_COLUMNS} FROM charges WHERE order_id = ANY(:ids) ORDER BY order_id")
_SETTLEMENTS = text(
    f"SELECT {_COLUMNS} FROM charges "
    "WHERE state = 'captured' AND captured_at >= :since ORDER BY captured_at LIMIT :limit"
)


async def claim(session: AsyncSession, key: str, wanted: ChargeRequest) -> Charge | None:
    """The charge under `key`, created as pending where there was none, locked for this session.

    None where the order has a charge under another key.
    """
    values = {
        "key": key,
        "fingerprint": wanted.fingerprint(),
        "order_id": wanted.order_id,
        "user_id": wanted.user_id,
        "amount": wanted.amount,
        "currency": wanted.currency,
    }
    await session.execute(_INSERT, values)
    row = (await session.execute(_LOCK, {"key": key})).mappings().one_or_none()
    return _charge(row) if row is not None else None


async def settle(
    session: AsyncSession, charge: Charge, state: State, reference: str | None
) -> Charge:
    """Store what became of `charge`, and return it as it is now."""
    values = {
        "id": charge.id,
        "state": state.value,
        "captured": state is State.CAPTURED,
        "reference": reference,
    }
    return _charge((await session.execute(_SETTLE, values)).mappings().one())


async def of_orders(session: AsyncSession, order_ids: Collection[int]) -> list[Charge]:
    """The charges of `order_ids`, by ascending order id, in one statement."""
    rows = await session.execute(_OF_ORDERS, {"ids": sorted(set(order_ids))})
    return [_charge(row) for row in rows.mappings()]


async def captured_since(session: AsyncSession, since: datetime) -> list[Charge]:
    """Captured charges from `since` on, oldest first, SETTLEMENTS_MAX at most."""
    values = {"since": since, "limit": SETTLEMENTS_MAX}
    return [_charge(row) for row in (await session.execute(_SETTLEMENTS, values)).mappings()]


def _charge(row: Mapping[Any, Any]) -> Charge:
    return Charge(**{**row, "state": State(row["state"])})
