"""Fixtures that every service's tests may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from services.chassis.testing_postgres import PostgresServer, running_postgres

# What is tested is what comes out, not how long a busy machine takes for an example.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A Postgres server for this run of the tests."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def fresh_database(postgres: PostgresServer) -> Callable[[str], str]:
    """Makes an empty, migrated database for a service, and returns its url."""
    return postgres.fresh_database
