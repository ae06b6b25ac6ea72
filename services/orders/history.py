"""Customers' newest orders, with what else the shop knows about them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from services.chassis.db import Database
from services.chassis.peers import PeerFailure
from services.orders import store
from services.orders.domain import Order
from services.orders.peers import Campaigns, Users

log = structlog.stdlib.get_logger(__name__)

Offers = dict[str, list[dict[str, Any]]]
"""Current offers by SKU."""


@dataclass(frozen=True, slots=True)
class UserHistory:
    """One customer's newest orders; `profile` is None for a customer whom nobody knows."""

    user_id: int
    profile: dict[str, Any] | None
    orders: list[Order]


class History:
    """Reads histories, for one customer or for a hundred."""

    def __init__(self, db: Database, users: Users, campaigns: Campaigns) -> None:
        self._db, self._users, self._campaigns = db, users, campaigns

    async def read(
        self, user_ids: Sequence[int], limit_per_user: int
    ) -> tuple[list[UserHistory], Offers]:
        """Each user's newest orders, in the order of `user_ids`, and offers for what is in them.

        One statement, one call to users and one to campaigns, however many users. Raises
        PeerFailure where users does not answer.
        """
        async with self._db.reading() as session:
            orders = await store.newest_orders(session, user_ids, limit_per_user)
        skus = {line.sku for order in orders for line in order.lines}
        profiles, offers = await asyncio.gather(
            self._users.profiles(user_ids), self._offers(sorted(skus))
        )
        orders_by_user: dict[int, list[Order]] = {}
        for order in orders:
            orders_by_user.setdefault(order.user_id, []).append(order)
        histories = [
            UserHistory(user_id, profiles.get(user_id), orders_by_user.get(user_id, []))
            for user_id in user_ids
        ]
        return histories, offers

    async def _offers(self, skus: Collection[str]) -> Offers:
        """Offers are a courtesy: a history without them is better than none."""
        if not skus:
            return {}
        try:
            return await self._campaigns.offers(skus)
        except PeerFailure as failure:
            log.warning("history without offers", reason=str(failure))
            return {}
