"""A service's database, for `async def` handlers (asyncpg)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from services.chassis.pool import (
    POOL_TIMEOUT_MS,
    RECYCLE_AFTER_S,
    driver_url,
    observe_pool,
    replace_lost_connections,
    waiting_for_connection,
)
from services.chassis.sql import observe_statements


def _is_closed(connection: DBAPIConnection) -> bool:
    """The event loop has seen the server's end of it close."""
    return bool(connection.driver_connection.is_closed())


class Database:
    """A bounded pool of connections to one database; `url` is `postgresql://…`."""

    def __init__(self, url: str, *, pool_size: int, pool_timeout_ms: int = POOL_TIMEOUT_MS) -> None:
        self._engine = create_async_engine(
            driver_url(url, "asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_timeout_ms / 1000,
            pool_use_lifo=True,  # the rest stays idle, and may be closed
            pool_recycle=RECYCLE_AFTER_S,
            connect_args={"timeout": 5, "server_settings": {"jit": "off"}},
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._readers = async_sessionmaker(
            self._engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False
        )
        observe_statements(self._engine.sync_engine)
        replace_lost_connections(self._engine.sync_engine, _is_closed)
        observe_pool(self._engine.pool)  # type: ignore[arg-type]  # the asyncio queue pool

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session that holds a connection from here to the end of the block.

        Commits when the block ends, rolls back when it raises. Raises NoConnection (503) where
        all connections are in use for `pool_timeout_ms`.
        """
        async with self._sessions() as session:
            with waiting_for_connection(self._engine.pool):  # type: ignore[arg-type]
                await session.connection()
            yield session
            await session.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for statements that only read; each sees what is committed by then.

        Without a transaction, which would cost two more round trips. Waits like `session`.
        """
        async with self._readers() as session:
            with waiting_for_connection(self._engine.pool):  # type: ignore[arg-type]
                await session.connection()
            yield session

    async def check(self) -> None:
        """Raise where the database does not answer; for `ready_checks`."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: closes the pool at shutdown."""
        try:
            yield
        finally:
            await self._engine.dispose()
