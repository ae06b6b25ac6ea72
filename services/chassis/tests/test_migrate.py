"""Migrations, on a real Postgres."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from services.chassis import migrate
from services.chassis.testing_postgres import PostgresServer


def test_upgrading_again_changes_nothing(fresh_database: Callable[[str], str]) -> None:
    url = fresh_database("users")
    migrate.upgrade("users", url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            ("0001",)
        ]


def test_a_database_of_a_later_release_is_left_as_it_is(
    fresh_database: Callable[[str], str],
) -> None:
    url = fresh_database("users")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
    migrate.upgrade("users", url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            ("0002",)
        ]


def test_two_upgrades_at_once_take_turns(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE upgraded_twice")
    code = "import sys; from services.chassis.migrate import upgrade; upgrade(*sys.argv[1:])"
    argv = [sys.executable, "-c", code, "users", postgres.url("upgraded_twice")]
    root = Path(migrate.__file__).parents[2]
    upgrades = [subprocess.Popen(argv, cwd=root) for _ in range(2)]
    assert [upgrade.wait(timeout=30) for upgrade in upgrades] == [0, 0]


def test_a_service_without_migrations_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="chassis has no migrations"):
        migrate.upgrade("chassis", "postgresql://x@127.0.0.1/x")
