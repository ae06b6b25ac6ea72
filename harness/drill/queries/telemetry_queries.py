"""Looking into the running shop with ordinary means: logs, data, differences."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from textwrap import indent
from typing import Any

import asyncpg

from harness.drill.session import Session
from harness.errors import DrillError, UnknownName, UsageError

SQL_TIMEOUT_S = 10.0
SQL_ROWS_MAX = 200


@dataclass(frozen=True)
class Change:
    """What a version changed: its notes, and the difference as unified diff text."""

    notes: str
    diff: str


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
        _known(session, service)
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
        raise UsageError(f"{database}: {error}", "the role may read, not write") from error
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


async def diff(
    session: Session, service: str, version_from: str | None, version_to: str | None
) -> Change:
    """What changed between two versions; by default in the newest release of `service`."""
    _known(session, service)
    version_to = version_to or session.running(service).version
    version_from = version_from or _previous(session, service, version_to)
    notes = await asyncio.to_thread(session.services.workspace.notes, service, version_to)
    text = await asyncio.to_thread(
        session.services.workspace.diff, service, version_from, version_to
    )
    header = (
        f"{service} {version_from} -> {version_to}\n"
        f"commit {notes.commit[:12]}  {notes.author_name}  {notes.authored_at:%Y-%m-%d %H:%M}\n\n"
        + indent(f"{notes.subject}\n\n{notes.body}".strip(), "    ")
        + "\n"
    )
    return Change(header, text)


def _previous(session: Session, service: str, version: str) -> str:
    """The version that ran before `version`, by the deploy log."""
    for entry in reversed(session.run.deploy_log):
        if entry.service == service and entry.version_to == version and entry.version_from:
            return entry.version_from
    raise UsageError(
        f"{service} {version} is the only version that was deployed here",
        f"name two: drill diff {service} FROM TO",
    )


def _known(session: Session, service: str) -> None:
    names = [entry.name for entry in session.spec.topology]
    if service not in names:
        raise UnknownName("service", service, names)
