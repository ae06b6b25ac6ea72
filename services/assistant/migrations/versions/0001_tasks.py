"""Tasks for the model, and what became of them."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the queue."""
    op.execute(
        """
        CREATE TABLE tasks (
            id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            order_id    bigint NOT NULL UNIQUE,
            lines       jsonb NOT NULL,
            state       text NOT NULL DEFAULT 'queued'
                        CHECK (state IN ('queued', 'done', 'dead')),
            attempts    integer NOT NULL DEFAULT 0,
            run_at      timestamptz NOT NULL DEFAULT now(),
            created_at  timestamptz NOT NULL DEFAULT now(),
            finished_at timestamptz,
            summary     text,
            last_error  text,
            CHECK ((state = 'queued') = (finished_at IS NULL)),
            CHECK ((state = 'done') = (summary IS NOT NULL))
        )
        """
    )
    op.execute("CREATE INDEX tasks_run_at ON tasks (run_at) WHERE state = 'queued'")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE tasks")
