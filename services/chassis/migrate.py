"""Bring a service's database to the schema that its code expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from services.chassis.pool import driver_url

_SERVICES = Path(__file__).resolve().parent.parent


def upgrade(service: str, database_url: str) -> None:
    """Apply the migrations of `service` that `database_url` (`postgresql://…`) lacks.

    Blocking. Safe to run twice, and from two processes at once. Raises FileNotFoundError where
    the service has no migrations.
    """
    versions = _SERVICES / service / "migrations" / "versions"
    if not versions.is_dir():
        raise FileNotFoundError(f"{service} has no migrations: {versions}")
    config = Config()
    config.set_main_option("script_location", _escaped(_SERVICES / "chassis" / "migrations"))
    config.set_main_option("version_locations", _escaped(versions))
    config.set_main_option("path_separator", "newline")
    config.attributes["url"] = driver_url(database_url, "psycopg")
    command.upgrade(config, "head")


def _escaped(path: Path) -> str:
    """`path` for alembic's options, in which a percent sign begins a reference."""
    return str(path).replace("%", "%%")
