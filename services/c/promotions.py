"""Applying promotions and listing offers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from services.c import store
from services.c.domain import CampaignsBySku, Line, Promotion, apply, supported
from services.c.partners import Partners
from services.chassis.blocking_db import BlockingDatabase


class Promotions:
    """What runs on which product, from our own database."""

    def __init__(self, database: BlockingDatabase, partners: Partners) -> None:
        self._database = database
        self._partners = partners

    def offers(self, skus: Collection[str]) -> CampaignsBySku:
        """What customers are shown: the campaigns on each of `skus`, those of partners only where
        the partner supports the product now.

        Raises PeerFailure where the partners' system does not answer.
        """
        campaigns = self._running(skus)
        paid_by_partners = [
            sku for sku, found in campaigns.items() if any(campaign.partner for campaign in found)
        ]
        if not paid_by_partners:
            return campaigns
        return supported(campaigns, self._partners.eligible(paid_by_partners))

    def apply(self, lines: Sequence[Line]) -> tuple[Promotion, ...]:
        """The promotion for each line, in the lines' order.

        Raises PeerFailure where the partners' system does not answer.
        """
        skus = [line.sku for line in lines]
        campaigns = self._running(skus)
        return apply(lines, campaigns, self._partners.eligible(skus))

    def _running(self, skus: Collection[str]) -> CampaignsBySku:
        """The campaigns that run now on each of `skus`."""
        with self._database.reading() as session:
            return store.campaigns_running(session, skus, datetime.now(UTC).date())
