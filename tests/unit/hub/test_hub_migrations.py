"""A hub's database of an earlier version is brought up to date with all that is in it, and what the
migrations make is what the code knows. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, String, Table, inspect, text

from harness.hub.hub_database import MIGRATIONS, HubDatabase, _engine
from harness.hub.tables import Base, Team

EVENTS = {"events", "event_teams"}


@pytest.fixture
def earlier(tmp_path: Path, database_url: str) -> Iterator[HubDatabase]:
    """A database as it was before there were events, with a team in it, opened by this version."""
    engine = _engine(tmp_path, database_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    config.attributes["engine"] = engine
    command.upgrade(config, "0001")
    with engine.begin() as connection:
        assert not EVENTS & set(inspect(connection).get_table_names())
        connection.execute(text("INSERT INTO teams VALUES ('t-1', 'red', 7)"))
    engine.dispose()
    opened = HubDatabase.open(tmp_path, database_url)
    yield opened
    opened.close()


def differences(database: HubDatabase, known: MetaData) -> list[object]:
    """Tables and columns that are on one side alone; what indexes are called makes none."""
    with database.transaction() as db:
        found = compare_metadata(MigrationContext.configure(db.connection()), known)
    return [one for one in found if not str(one[0]).endswith("_index")]


def test_what_was_there_stays_and_events_are_added(earlier: HubDatabase) -> None:
    with earlier.transaction() as db:
        kept = db.get_one(Team, "t-1")
        assert (kept.name, kept.created_ms) == ("red", 7)
        assert set(inspect(db.connection()).get_table_names()) >= EVENTS


def test_the_migrations_make_what_the_code_knows(earlier: HubDatabase) -> None:
    assert differences(earlier, Base.metadata) == []


def test_a_table_without_a_migration_is_noticed(earlier: HubDatabase) -> None:
    """Negative control."""
    more = MetaData()
    for one in Base.metadata.tables.values():
        one.to_metadata(more)
    Table("forgotten", more, Column("id", String(9), primary_key=True))
    assert len(differences(earlier, more)) == 1
