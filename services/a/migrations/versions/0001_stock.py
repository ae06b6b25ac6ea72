"""Stock on hand, and what is held for orders."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE stock (
            sku     text PRIMARY KEY,
            on_hand integer NOT NULL CHECK (on_hand >= 0)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE reservations (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            order_id   bigint NOT NULL UNIQUE,
            held_until timestamptz NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    op.execute(
        """
        CREATE TABLE reservation_lines (
            reservation_id bigint NOT NULL REFERENCES reservations (id) ON DELETE CASCADE,
            sku            text NOT NULL REFERENCES stock (sku),
            quantity       integer NOT NULL CHECK (quantity > 0),
            held_until     timestamptz NOT NULL,
            PRIMARY KEY (reservation_id, sku)
        )
        """
    )
    # What is available is counted anew for each reservation, over the holds of one product.
    op.execute(
        "CREATE INDEX reservation_lines_held ON reservation_lines (sku, held_until)"
        " INCLUDE (quantity)"
    )


def downgrade() -> None:
    op.execute("DROP TABLE reservation_lines")
    op.execute("DROP TABLE reservations")
    op.execute("DROP TABLE stock")
