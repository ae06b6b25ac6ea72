"""Campaigns and the products that they are on."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE campaigns (
            code      text PRIMARY KEY,
            name      text NOT NULL,
            kind      text NOT NULL CHECK (kind IN ('percentage', 'fixed')),
            value     numeric(12, 2) NOT NULL CHECK (value > 0),
            starts_on date NOT NULL,
            ends_on   date,
            partner   text,
            CHECK (kind <> 'percentage' OR value <= 100),
            CHECK (ends_on IS NULL OR ends_on >= starts_on)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE campaign_products (
            sku           text NOT NULL,
            campaign_code text NOT NULL REFERENCES campaigns (code) ON DELETE CASCADE,
            PRIMARY KEY (sku, campaign_code)
        )
        """
    )
    op.execute("CREATE INDEX campaign_products_by_campaign ON campaign_products (campaign_code)")


def downgrade() -> None:
    op.execute("DROP TABLE campaign_products")
    op.execute("DROP TABLE campaigns")
