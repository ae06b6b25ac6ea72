"""Every query of users."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.users.domain import Profile, Tier

_COLUMNS = "id, name, email, city, joined_on, tier"
_ONE = text(f"SELECT {_COLUMNS} FROM users WHERE id = :id")
_MANY = text(f"SELECT {_COLUMNS} FROM users WHERE id = ANY(:ids) ORDER BY id")


async def find(session: AsyncSession, user_id: int) -> Profile | None:
    """One profile, or None where there is no such user."""
    row = (await session.execute(_ONE, {"id": user_id})).mappings().one_or_none()
    return _profile(row) if row is not None else None


async def find_many(session: AsyncSession, user_ids: Collection[int]) -> list[Profile]:
    """The profiles of those `user_ids` that exist, by ascending id, in one statement."""
    rows = (await session.execute(_MANY, {"ids": sorted(set(user_ids))})).mappings()
    return [_profile(row) for row in rows]


def _profile(row: Mapping[Any, Any]) -> Profile:
    return Profile(**{**row, "tier": Tier(row["tier"])})
