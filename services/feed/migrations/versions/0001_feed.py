"""Products of the feed, each customer's last ranking, what was shown, and feature flags."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.execute(
        """
        CREATE TABLE products (
            sku        text PRIMARY KEY,
            name       text NOT NULL,
            category   text NOT NULL,
            units_sold bigint NOT NULL DEFAULT 0 CHECK (units_sold >= 0)
        )
        """
    )
    op.execute("CREATE INDEX products_by_sales ON products (units_sold DESC, sku)")
    op.execute(
        """
        CREATE TABLE snapshots (
            user_id bigint PRIMARY KEY,
            skus    text[] NOT NULL CHECK (cardinality(skus) > 0),
            made_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    op.execute(
        """
        CREATE TABLE impressions (
            id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            user_id  bigint NOT NULL,
            mode     text NOT NULL CHECK (mode IN ('personalised', 'cached', 'default')),
            shown_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    op.execute(
        """
        CREATE TABLE flags (
            name        text PRIMARY KEY,
            enabled     boolean NOT NULL,
            switched_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE flags, impressions, snapshots, products")
