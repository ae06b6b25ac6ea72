"""The sample campaigns."""

from __future__ import annotations

from services import sampledata
from services.sampledata.load import Rows, load


def seed(database_url: str) -> None:
    """Load the campaigns into a migrated, empty database."""
    campaigns = sampledata.campaigns()
    load(
        database_url,
        {
            "campaigns": Rows(
                ("code", "name", "kind", "value", "starts_on", "ends_on", "partner"),
                [
                    (c.code, c.name, c.kind, c.value, c.starts_on, c.ends_on, c.partner)
                    for c in campaigns
                ],
            ),
            "campaign_products": Rows(
                ("sku", "campaign_code"),
                [(sku, campaign.code) for campaign in campaigns for sku in campaign.skus],
            ),
        },
    )
