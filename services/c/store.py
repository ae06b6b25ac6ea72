"""Every query of the campaigns database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.c.domain import Campaign, CampaignsBySku, Kind

_RUNNING_ON = text(
    """
    SELECT p.sku, c.code, c.name, c.kind, c.value, c.partner
    FROM campaign_products p
    JOIN campaigns c ON c.code = p.campaign_code
    WHERE p.sku = ANY(:skus)
      AND c.starts_on <= :today
      AND (c.ends_on IS NULL OR c.ends_on >= :today)
    ORDER BY p.sku, c.code
    """
)


def campaigns_running(session: Session, skus: Collection[str], today: date) -> CampaignsBySku:
    """The campaigns that run `today` on each of `skus`; one statement however many there are."""
    found: dict[str, list[Campaign]] = {}
    rows = session.execute(_RUNNING_ON, {"skus": sorted(set(skus)), "today": today})
    for sku, code, name, kind, value, partner in rows:
        found.setdefault(sku, []).append(Campaign(code, name, Kind(kind), value, partner))
    return found
