"""People, tokens, teams, invites and runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "people",
        _id(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("is_manager", sa.Boolean, nullable=False),
        _moment("created_ms"),
        _moment("revoked_ms", nullable=True),
        sa.UniqueConstraint("name", name="uq_people_name"),
    )
    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(200), primary_key=True),
        _of("people", "person_id", index=True),
        _moment("created_ms"),
        _moment("revoked_ms", nullable=True),
    )
    op.create_table(
        "teams",
        _id(),
        sa.Column("name", sa.String(200), nullable=False),
        _moment("created_ms"),
        sa.UniqueConstraint("name", name="uq_teams_name"),
    )
    op.create_table(
        "members",
        _of("teams", "team_id", primary_key=True),
        _of("people", "person_id", primary_key=True),
        _role(),
    )
    _make_invites()
    _make_runs()


def _make_invites() -> None:
    op.create_table(
        "invites",
        _id(),
        sa.Column("digest", sa.String(200), nullable=False),
        _of("teams", "team_id"),
        _role(),
        sa.Column("person_name", sa.String(200)),
        sa.Column("uses_left", sa.BigInteger),
        _moment("expires_ms", nullable=True),
        _of("people", "created_by"),
        _moment("created_ms"),
        _moment("revoked_ms", nullable=True),
        sa.UniqueConstraint("digest", name="uq_invites_digest"),
    )


def _make_runs() -> None:
    op.create_table(
        "runs",
        _id(),
        _of("teams", "team_id", index=True),
        sa.Column("scenario", sa.String(200), nullable=False),
        sa.Column("agenda", sa.String(200)),
        sa.Column("seed", sa.BigInteger),
        sa.Column("speed", sa.Float, nullable=False),
        sa.Column("port_offset", sa.BigInteger, nullable=False),
        _of("people", "started_by"),
        _moment("created_ms"),
        sa.Column("drill_id", sa.String(200)),
        _moment("ended_ms", nullable=True),
        sa.Column("outcome", sa.String(200)),
        sa.Column("has_failed", sa.Boolean, nullable=False),
    )
    op.create_table(
        "seats",
        _of("runs", "run_id", primary_key=True),
        _of("people", "person_id", primary_key=True),
        _role(),
    )


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.String(200), primary_key=True)


def _role() -> sa.Column[str]:
    return sa.Column("role", sa.String(20), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _of(table: str, name: str, *, primary_key: bool = False, index: bool = False) -> sa.Column[str]:
    return sa.Column(
        name,
        sa.String(200),
        sa.ForeignKey(f"{table}.id"),
        primary_key=primary_key,
        index=index,
        nullable=False,
    )
