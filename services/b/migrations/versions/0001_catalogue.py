"""List prices, and bundles of products."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE products (
            sku       text PRIMARY KEY,
            name      text NOT NULL,
            category  text NOT NULL,
            net_price numeric(12, 2) NOT NULL CHECK (net_price >= 0),
            weight_g  integer NOT NULL CHECK (weight_g > 0)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE bundles (
            code        text PRIMARY KEY,
            name        text NOT NULL,
            percent_off numeric(5, 2) NOT NULL CHECK (percent_off > 0 AND percent_off <= 100),
            size        integer NOT NULL CHECK (size >= 2)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE bundle_products (
            sku         text PRIMARY KEY REFERENCES products (sku),
            bundle_code text NOT NULL REFERENCES bundles (code) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX bundle_products_by_bundle ON bundle_products (bundle_code)")


def downgrade() -> None:
    op.execute("DROP TABLE bundle_products")
    op.execute("DROP TABLE bundles")
    op.execute("DROP TABLE products")
