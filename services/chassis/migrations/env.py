"""Run by alembic: applies migrations over one connection, in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

LOCK_KEY = 730_001
"""Two upgrades of one database take turns."""


def run_migrations() -> None:
    """Apply what is missing, or nothing at all."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        context.configure(connection=connection)
        context.run_migrations()


run_migrations()
