"""What both databases share: how a connection is waited for, and what is observed of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

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
