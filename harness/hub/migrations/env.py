"""Run by alembic: applies migrations over one connection, in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine, text

LOCK_KEY = 730_002
"""Two upgrades of one Postgres take turns; SQLite has its own lock."""


def run_migrations(engine: Engine) -> None:
    """Apply what is missing, or nothing at all."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        context.configure(connection=connection)
        context.run_migrations()


run_migrations(context.config.attributes["engine"])
