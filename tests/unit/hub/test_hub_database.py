"""One hub for each database."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from harness.errors import AlreadyRunning
from harness.hub.hub_database import HubDatabase
from services.chassis.testing_postgres import PostgresServer


@pytest.fixture
def url(hub_postgres: PostgresServer) -> str:
    with psycopg.connect(hub_postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS one_hub")
        connection.execute("CREATE DATABASE one_hub")
    return hub_postgres.url("one_hub")


def test_a_second_hub_on_one_postgres_is_refused_until_the_first_has_ended(
    url: str, tmp_path: Path
) -> None:
    first = HubDatabase.open(tmp_path, url)
    with pytest.raises(AlreadyRunning, match="another hub uses this database"):
        HubDatabase.open(tmp_path / "elsewhere", url)
    first.close()
    HubDatabase.open(tmp_path / "elsewhere", url).close()
