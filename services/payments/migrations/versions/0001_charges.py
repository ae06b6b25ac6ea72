"""Charges and what became of them."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table of charges."""
    op.execute(
        """
        CREATE TABLE charges (
            id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            idempotency_key    text NOT NULL UNIQUE,
            fingerprint        text NOT NULL,
            order_id           bigint NOT NULL UNIQUE,
            user_id            bigint NOT NULL,
            amount             numeric(12,2) NOT NULL CHECK (amount > 0),
            currency           char(3) NOT NULL,
            state              text NOT NULL DEFAULT 'pending'
                               CHECK (state IN ('pending', 'captured', 'declined', 'failed')),
            provider_reference text UNIQUE,
            created_at         timestamptz NOT NULL DEFAULT now(),
            captured_at        timestamptz,
            CHECK ((state = 'captured') = (captured_at IS NOT NULL))
        )
        """
    )
    op.execute("CREATE INDEX charges_captured_at ON charges (captured_at) WHERE state = 'captured'")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE charges")
