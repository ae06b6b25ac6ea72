"""What both databases share: how a connection is waited for, and what is observed of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool

from services.chassis.errors import Problem
from services.chassis.metrics import (
    DATABASE_METRICS,
    DB_POOL_IN_USE,
    DB_POOL_SIZE,
    DB_POOL_TIMEOUTS,
    DB_POOL_WAIT,
    publish,
)
from services.chassis.tracing import exemplar

log = structlog.stdlib.get_logger(__name__)

POOL_TIMEOUT_MS = 2000
RECYCLE_AFTER_S = 1800
LONG_WAIT_S = 0.5
ASK_AFTER_IDLE_S = 1.0
"""A connection that lay unused for this long is asked whether it is still there."""


class NoConnection(Problem):
    """All connections were in use for as long as we may wait for one."""

    def __init__(self, size: int, in_use: int) -> None:
        detail = f"no available database connections (pool size {size}, in use {in_use})"
        super().__init__(503, "The database is busy", detail, headers={"Retry-After": "1"})


def driver_url(url: str, driver: str) -> str:
    """`postgresql://…` for SQLAlchemy's `driver`: `asyncpg` or `psycopg`."""
    parsed = make_url(url).set(drivername=f"postgresql+{driver}")
    return parsed.render_as_string(hide_password=False)


def observe_pool(pool: QueuePool) -> None:
    """Export the use of `pool`; a service has one."""
    DB_POOL_SIZE.set(pool.size())
    DB_POOL_IN_USE.set_function(pool.checkedout)
    publish(*DATABASE_METRICS)


def replace_lost_connections(engine: Engine, is_suspect: Callable[[DBAPIConnection], bool]) -> None:
    """Replace connections that went away while they lay in the pool, before they are handed out.

    A connection is asked where it lay there for a while, or where `is_suspect` sees that its
    server said something since. SQLAlchemy's `pool_pre_ping` asks each time: a round trip for
    every request (measured: a quarter of a session with one statement).
    """

    @event.listens_for(engine, "checkin")
    def given_back(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def handed_out(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        idle_since = entry.info.get("idle_since")
        if idle_since is None:
            return  # new
        if time.monotonic() - idle_since < ASK_AFTER_IDLE_S and not is_suspect(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            # Whatever cut this one has cut the others in the pool, too.
            raise InvalidatePoolError from error


@contextmanager
def waiting_for_connection(pool: QueuePool) -> Iterator[None]:
    """Measure how long the block waits for a connection; raises NoConnection where it times out."""
    started = time.perf_counter()
    try:
        yield
    except PoolTimeoutError:
        DB_POOL_TIMEOUTS.inc()
        failure = NoConnection(pool.size(), pool.checkedout())
        log.error(  # noqa: TRY400  # the traceback says nothing that the line does not
            failure.detail, waited_s=round(time.perf_counter() - started, 3)
        )
        raise failure from None
    finally:
        waited_s = time.perf_counter() - started
        DB_POOL_WAIT.observe(waited_s, exemplar())
    if waited_s >= LONG_WAIT_S:
        log.warning(f"database connection acquired after {waited_s:.1f} s wait")
