"""Pricing a basket: list prices, then bundles, then promotions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.b import store
from services.b.campaigns import Campaigns
from services.b.carrier import Carrier, Delivery
from services.b.domain import Line, Wanted, price, weight_of
from services.chassis.blocking_db import BlockingDatabase


@dataclass(frozen=True, slots=True)
class Basket:
    """A priced basket and how it would be delivered."""

    lines: tuple[Line, ...]
    delivery: Delivery


class Pricing:
    """Prices baskets."""

    def __init__(self, database: BlockingDatabase, carrier: Carrier, campaigns: Campaigns) -> None:
        self._database = database
        self._carrier = carrier
        self._campaigns = campaigns

    def price(self, wanted: Sequence[Wanted]) -> Basket:
        """The basket at today's prices.

        Raises UnknownProduct, and PeerFailure where the carriers or the campaigns service do not
        answer.
        """
        with self._database.reading() as session:
            catalogue = store.products(session, [line.sku for line in wanted])
        lines = price(wanted, catalogue)
        delivery = self._carrier.estimate(
            [line.sku for line in wanted], weight_of(wanted, catalogue)
        )
        return Basket(self._campaigns.promote(lines), delivery)
