"""Profiles of customers."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table of users."""
    op.execute(
        """
        CREATE TABLE users (
            id        bigint PRIMARY KEY,
            name      text NOT NULL CHECK (name <> ''),
            email     text NOT NULL UNIQUE CHECK (email LIKE '%@%'),
            city      text NOT NULL,
            joined_on date NOT NULL,
            tier      text NOT NULL DEFAULT 'standard'
                      CHECK (tier IN ('standard', 'silver', 'gold'))
        )
        """
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE users")
