"""A service's database, for blocking (`def`) handlers (psycopg)."""

from __future__ import annotations

import asyncio
import select
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker

from services.chassis.pool import (
    POOL_TIMEOUT_MS,
    RECYCLE_AFTER_S,
    driver_url,
    observe_pool,
    replace_lost_connections,
    waiting_for_connection,
)
from services.chassis.sql import observe_statements


def _has_news(connection: DBAPIConnection) -> bool:
    """There is something to read though nothing was asked: mostly that the server hung up."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class BlockingDatabase:
    """A bounded pool of connections to one database; `url` is `postgresql://…`."""

    def __init__(self, url: str, *, pool_size: int, pool_timeout_ms: int = POOL_TIMEOUT_MS) -> None:
        self._engine = create_engine(
            driver_url(url, "psycopg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_timeout_ms / 1000,
            pool_use_lifo=True,  # the rest stays idle, and may be closed
            pool_recycle=RECYCLE_AFTER_S,
            connect_args={"connect_timeout": 5, "options": "-c jit=off"},
        )
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)
        self._readers = sessionmaker(
            self._engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False
        )
        observe_statements(self._engine)
        replace_lost_connections(self._engine, _has_news)
        observe_pool(self._engine.pool)  # type: ignore[arg-type]  # the default is a queue pool

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that holds a connection from here to the end of the block.

        Commits when the block ends, rolls back when it raises. Raises NoConnection (503) where
        all connections are in use for `pool_timeout_ms`.
        """
        with self._sessions() as session:
            with waiting_for_connection(self._engine.pool):  # type: ignore[arg-type]
                session.connection()
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for statements that only read; each sees what is committed by then.

        Without a transaction, which would cost two more round trips. Waits like `session`.
        """
        with self._readers() as session:
            with waiting_for_connection(self._engine.pool):  # type: ignore[arg-type]
                session.connection()
            yield session

    async def check(self) -> None:
        """Raise where the database does not answer; for `ready_checks`.

        Runs on a thread that is not a worker slot: /readyz must answer while all
        worker slots are taken.
        """
        await asyncio.to_thread(self._ping)

    def _ping(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: closes the pool at shutdown."""
        try:
            yield
        finally:
            await asyncio.to_thread(self._engine.dispose)
