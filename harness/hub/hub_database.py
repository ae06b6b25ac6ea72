"""The hub's database: SQLite in its home, or the Postgres that `DRILL_DATABASE_URL` names."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
SILENT_PEER = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that is gone without a word is given up after so many seconds (the last: milliseconds);
by itself the kernel takes hours."""
POSTGRES = ("postgresql", "postgres")
VARIABLE = "DRILL_DATABASE_URL"
HUBS_LOCK = 0x33414D
"""The advisory lock that the one hub of a Postgres database holds."""


class HubDatabase:
    """One database at the newest schema. Its methods block: call them in a thread."""

    def __init__(self, engine: Engine, hold: Connection | None = None) -> None:
        """`hold` keeps other hubs out for as long as it is open."""
        self._engine, self._hold = engine, hold
        self._holding = threading.Lock()
        self._is_sole = True

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

        Raises DrillError where the database fails, and AlreadyRunning where it is another hub's by
        now.
        """
        if not self._is_sole:
            self.stay_sole()
        try:
            with Transaction(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise DrillError(
                f"the hub could not read or write its database: {_reason(error)}",
                "nothing was changed; see that it has room and answers, then try again",
            ) from error

    def stay_sole(self) -> None:
        """See that no other hub can use this database, and take its lock again where the connection
        that had it broke: Postgres lets go of the lock with it, and tells nobody.

        Raises AlreadyRunning where another hub was faster, and DrillError where nobody answers.
        """
        with self._holding:
            if self._hold is None and self._is_sole:
                return  # a file, which is locked along with its home
            try:
                if self._hold is not None:
                    self._hold.scalar(select(1))
                    return
                self._hold = _held(self._engine)
            except SQLAlchemyError as error:
                self._is_sole = False
                self._let_go()
                raise DrillError(
                    f"the hub's database does not answer: {_reason(error)}",
                    "is it being restarted?",
                ) from error
            self._is_sole = True

    def _let_go(self) -> None:
        if self._hold is not None:
            with suppress(SQLAlchemyError):
                self._hold.close()
            self._hold = None

    def close(self) -> None:
        """Close its connections."""
        self._let_go()
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
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, **SILENT_PEER},
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
