"""Events: several teams with one drill, begun together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "events",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("scenario", sa.String(200), nullable=False),
        sa.Column("agenda", sa.String(200)),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("speed", sa.Float, nullable=False),
        sa.Column("runner", sa.String(200), nullable=False),
        sa.Column("counts", sa.String(200), nullable=False),
        sa.Column("starts_ms", sa.BigInteger),
        _of("people", "created_by"),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("started_ms", sa.BigInteger),
        sa.Column("ended_ms", sa.BigInteger),
        sa.Column("problem", sa.Text),
    )
    op.create_table(
        "event_teams",
        _of("events", "event_id", primary_key=True),
        _of("teams", "team_id", primary_key=True),
        sa.Column("place", sa.BigInteger, nullable=False),
        _of("runs", "run_id", nullable=True),
        _of("invites", "invite_id", nullable=True),
    )


def _of(
    table: str, name: str, *, primary_key: bool = False, nullable: bool = False
) -> sa.Column[str]:
    return sa.Column(
        name,
        sa.String(200),
        sa.ForeignKey(f"{table}.id"),
        primary_key=primary_key,
        nullable=nullable,
    )
