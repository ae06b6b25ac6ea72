"""Looking into the running shop with ordinary means: logs and data."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

from harness.drill.session import Session
from harness.errors import DrillError, UnknownName, UsageError

SQL_TIMEOUT_S = 10.0
SQL_ROWS_MAX = 200


async def logs(
    session: Session,
    *,
    service: str | None,
    level: str | None,
    trace_id: str | None,
    contains: str | None,
    since: str | None,
    after: int | None = None,
    before: int | None = None,
    limit: int,
) -> dict[str, Any]:
    """Log records that match, oldest first.

    `after` is the `seq` of the last record that was seen, for following; `before` that of the
    first one, for going back.
    """
    if service is not None:
        session.spec.require_service(service)
    found = await session.services.recorder.logs(
        service,
        level,
        trace_id,
        contains,
        since,
        after=None if after is None else str(after),
        before=None if before is None else str(before),
        limit=limit,
    )
    return {"records": found}


async def sql(session: Session, database: str, statement: str) -> dict[str, Any]:
    """Run one reading statement as the on-call role; at most SQL_ROWS_MAX rows.

    Raises UnknownName for the database, UsageError with the server's words for the statement.
    """
    stateful = [entry.name for entry in session.spec.topology if entry.database]
    if database not in stateful:
        raise UnknownName("database", database, stateful)
    try:
        connection = await asyncpg.connect(
            session.services.runtime.database_url(database), timeout=5
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise DrillError(f"the {database} database cannot be reached: {error}") from error
    try:
        rows = await _first_rows(connection, statement)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise UsageError(f"{database}: {error}", "this role is read-only") from error
    except TimeoutError:
        raise UsageError(f"the statement took longer than {SQL_TIMEOUT_S:g} s") from None
    finally:
        await connection.close(timeout=2)
    return {
        "columns": list(rows[0].keys()) if rows else [],
        "rows": [[_plain(value) for value in row.values()] for row in rows[:SQL_ROWS_MAX]],
        "cut": len(rows) > SQL_ROWS_MAX,
    }


async def _first_rows(connection: Any, statement: str) -> list[Any]:
    """One row more than is shown, so that we know whether there are more."""
    async with asyncio.timeout(SQL_TIMEOUT_S), connection.transaction(readonly=True):
        prepared = await connection.prepare(statement)
        cursor = await prepared.cursor()
        rows: list[Any] = await cursor.fetch(SQL_ROWS_MAX + 1)
        return rows


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
