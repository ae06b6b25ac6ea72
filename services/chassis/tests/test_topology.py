"""topology.toml says what is so."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

SERVICES = Path(__file__).resolve().parents[2]
ROWS: list[dict[str, Any]] = tomllib.loads((SERVICES / "topology.toml").read_text())["service"]
NAMES = {row["name"] for row in ROWS}


def test_every_service_is_listed_once_on_a_port_of_its_own() -> None:
    assert len(NAMES) == len(ROWS) == len({row["port"] for row in ROWS})
    written = {path.parent.name for path in SERVICES.glob("*/app.py")} - {"chassis"}
    assert written == NAMES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_service_has_migrations_and_a_seed_where_it_has_a_database(row: dict[str, Any]) -> None:
    has_database = "database" in row
    assert (SERVICES / row["name"] / "migrations" / "versions").is_dir() is has_database
    assert (SERVICES / row["name"] / "seed.py").is_file() is has_database


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_services_call_services_that_exist(row: dict[str, Any]) -> None:
    assert set(row["calls"]) <= NAMES - {row["name"]}
