"""Every query of feed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.feed.domain import Item, Mode

_CANDIDATES = text(
    "SELECT sku, name, category FROM products ORDER BY units_sold DESC, sku LIMIT :limit"
)
_SNAPSHOT = text(
    "SELECT skus FROM snapshots "
    "WHERE user_id = :user_id AND made_at > now() - :max_age_s * interval '1 second'"
)
_KEEP = text(
    "INSERT INTO snapshots (user_id, skus) VALUES (:user_id, :skus) "
    "ON CONFLICT (user_id) DO UPDATE SET skus = excluded.skus, made_at = excluded.made_at"
)
_IMPRESSION = text("INSERT INTO impressions (user_id, mode) VALUES (:user_id, :mode)")
_FLAGS = text("SELECT name, enabled FROM flags")
_SWITCH = text(
    "INSERT INTO flags (name, enabled) VALUES (:name, :enabled) "
    "ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled, switched_at = now()"
)


async def candidates(session: AsyncSession, limit: int) -> list[Item]:
    """The products that sell best, best first."""
    rows = (await session.execute(_CANDIDATES, {"limit": limit})).mappings()
    return [Item(**row) for row in rows]


async def snapshot(session: AsyncSession, user_id: int, max_age_s: int) -> list[str]:
    """The customer's last ranking; empty where there is none that is young enough."""
    values = {"user_id": user_id, "max_age_s": max_age_s}
    skus: list[str] | None = (await session.execute(_SNAPSHOT, values)).scalar_one_or_none()
    return skus or []


async def keep_snapshot(session: AsyncSession, user_id: int, skus: Sequence[str]) -> None:
    """Keep the customer's ranking, in place of the last one."""
    await session.execute(_KEEP, {"user_id": user_id, "skus": list(skus)})


async def note_impression(session: AsyncSession, user_id: int, mode: Mode) -> None:
    """Store that a feed was shown."""
    await session.execute(_IMPRESSION, {"user_id": user_id, "mode": mode.value})


async def switched_flags(session: AsyncSession) -> dict[str, bool]:
    """The flags that were ever switched, and how they were left."""
    return {row.name: row.enabled for row in await session.execute(_FLAGS)}


async def switch_flag(session: AsyncSession, name: str, *, enabled: bool) -> None:
    """Keep a flag's new state."""
    await session.execute(_SWITCH, {"name": name, "enabled": enabled})
