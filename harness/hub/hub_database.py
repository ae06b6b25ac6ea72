"""The hub's database: SQLite in its home, or the Postgres that `DRILL_DATABASE_URL` names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session as Transaction

from harness.child_env import forget_client_settings
from harness.errors import AlreadyRunning, DrillError, EnvironmentMissing, UsageError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 5000
CONNECT_TIMEOUT_S = 5
POSTGRES = ("postgresql", "postgres")
VARIABLE = "DRILL_DATABASE_URL"
HUBS_LOCK = 0x33414D
"""The advisory lock that the one hub of a Postgres database holds."""


class HubDatabase:
    """One database at the newest schema. Its methods block: call them in a thread."""

    def __init__(self, engine: Engine, hold: Connection | None = None) -> None:
        """`hold` keeps other hubs out for as long as it is open."""
        self._engine, self._hold = engine, hold

    @classmethod
    def open(cls, home: Path, url: str = "") -> HubDatabase:
        """The database at `url`, or where that is empty the file in `home`, brought up to date.

        Raises UsageError for a URL that names no such database, EnvironmentMissing where it
        cannot be used, and AlreadyRunning where another hub uses it: two would start the same
        team's drills, each in a folder of its own, and know nothing of the other's.
        """
        engine = _engine(home, url)
        hold = None
        try:
            hold = _held(engine)
            _upgrade(engine)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise EnvironmentMissing(
                f"the hub's database cannot be used: {_reason(error)}",
                f"it is {engine.url.render_as_string()}; {VARIABLE} names another",
            ) from error
        except CommandError as error:
            raise EnvironmentMissing(
                f"the hub's database is of another version: {error}",
                "start the version of this program that made it, or a newer one",
            ) from error
        return cls(engine, hold)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction: all of it is kept, or nothing.

        Raises DrillError where the database fails.
        """
        try:
            with Transaction(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise DrillError(
                f"the hub could not read or write its database: {_reason(error)}",
                "nothing was changed; see that it has room and answers, then try again",
            ) from error

    def close(self) -> None:
        """Close its connections."""
        if self._hold is not None:
            self._hold.close()
        self._engine.dispose()


def _engine(home: Path, url: str) -> Engine:
    if not url:
        engine = create_engine(f"sqlite:///{home / 'hub.db'}")
        event.listen(engine, "connect", _set_up_sqlite)
        return engine
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError(f"{VARIABLE} is no database's URL", _EXAMPLE) from None
    if parsed.get_backend_name() not in POSTGRES:
        raise UsageError(f"{VARIABLE} names no Postgres: {parsed.drivername}", _EXAMPLE)
    # Both client libraries would go by PG*, to another server.
    forget_client_settings()
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
    )


_EXAMPLE = "for example postgresql://hub@127.0.0.1/hub; without it the hub keeps a file"


def _held(engine: Engine) -> Connection | None:
    """A connection with the lock on a Postgres; a file is locked along with its home.

    Raises AlreadyRunning where another hub has it.
    """
    if engine.dialect.name != "postgresql":
        return None
    hold = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if hold.scalar(select(func.pg_try_advisory_lock(HUBS_LOCK))):
        return hold
    hold.close()
    engine.dispose()
    raise AlreadyRunning(
        "another hub uses this database", f"end it first, or name another by {VARIABLE}"
    )


def _set_up_sqlite(connection: Any, _: object) -> None:
    for setting in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = FULL",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {setting}")


def _upgrade(engine: Engine) -> None:
    config = Config()
    # A percent sign begins a reference in alembic's options.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["engine"] = engine
    command.upgrade(config, "head")


def _reason(error: BaseException) -> str:
    """The database's own words, in one line and without the statement."""
    original = getattr(error, "orig", None) or error
    return (str(original).strip() or type(original).__name__).splitlines()[0]
