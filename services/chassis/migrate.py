"""Bring a service's database to the schema that its code expects."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from services.chassis.pool import driver_url

_SERVICES = Path(__file__).resolve().parent.parent


def upgrade(service: str, database_url: str) -> None:
    """Apply the migrations of `service` that `database_url` (`postgresql://…`) lacks.

    A database that a later release has brought further is left as it is: migrations only go
    forward, and code that is rolled back runs on what it finds. Blocking. Safe to run twice, and
    from two processes at once. Raises FileNotFoundError where the service has no migrations.
    """
    versions = _SERVICES / service / "migrations" / "versions"
    if not versions.is_dir():
        raise FileNotFoundError(f"{service} has no migrations: {versions}")
    config = Config()
    config.set_main_option("script_location", _escaped(_SERVICES / "chassis" / "migrations"))
    config.set_main_option("version_locations", _escaped(versions))
    config.set_main_option("path_separator", "newline")
    config.attributes["url"] = driver_url(database_url, "psycopg")
    if not _is_further(config, database_url):
        command.upgrade(config, "head")


def _is_further(config: Config, database_url: str) -> bool:
    """Whether the database has a migration that this code has never heard of."""
    with psycopg.connect(database_url) as connection:
        migrated = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if migrated == (None,):
            return False
        applied = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    return any(revision not in known for (revision,) in applied)


def _escaped(path: Path) -> str:
    """`path` for alembic's options, in which a percent sign begins a reference."""
    return str(path).replace("%", "%%")
