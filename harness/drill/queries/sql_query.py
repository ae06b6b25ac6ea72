"""One statement against a database of the shop, within bounds of time, rows, bytes and number.

Every value is text as Postgres writes it: no type of theirs can be one that Python lacks (24:00,
the year 10000, 44 BC). Only numbers and truth values that JSON has without loss are such.

What comes from the server passes a meter (`harness/database_meter.py`), which ends the connection
at the bound.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.generators import execute

from harness.database_meter import Meter, metered
from harness.drill.queries.psql_commands import statement_of
from harness.drill.run_state import SQL_AT_ONCE_MAX
from harness.drill.session import Session
from harness.errors import DrillError, UnknownName, UsageError

TIMEOUT_S = 10.0
CONNECT_TIMEOUT_S = 5.0
ROWS_MAX = 200
BYTES_MAX = 4 * 1024 * 1024
"""Of what the server sends for one statement."""
WAIT_S = 5.0
"""For one of the others to end, where SQL_AT_ONCE_MAX run already."""

BOOL = 16
INTEGERS = frozenset({20, 21, 23, 26})
"""int8, int2, int4, oid: fixed numbers of Postgres's own catalogue."""
EXACT_MAX = 2**53
"""Integers beyond it are not the same for everybody who reads JSON; they stay text."""


_READ_ONLY = "this role may read, not write"
_HINTS = {
    "25006": _READ_ONLY,  # read_only_sql_transaction
    "42501": _READ_ONLY,  # insufficient_privilege
    "42601": r"one SQL statement, or \d, \d TABLE, \dt, \di",  # syntax_error
    "42703": r"the columns of a table: \d TABLE",  # undefined_column
    "42P01": r"all tables: \dt",  # undefined_table
}


class _AsText(Loader):
    """A value as Postgres wrote it; bytes that are no UTF-8 are shown as escapes."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", "backslashreplace")


_ADAPTERS = AdaptersMap(types=psycopg.adapters.types)
_ADAPTERS.register_loader(0, _AsText)  # whatever has no loader of its own: everything


@dataclass
class _Answer:
    """What came so far."""

    columns: list[str] = field(default_factory=list)
    types: list[int] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    is_cut: bool = False

    def row_factory(self, cursor: Any) -> Callable[[Sequence[Any]], list[Any]]:
        """Makes rows; psycopg asks for it once the columns of a first row are known."""
        columns = cursor.description or ()
        self.columns = [column.name for column in columns]
        self.types = [column.type_code for column in columns]
        return lambda values: list(map(_as_json, values, self.types))


async def sql(session: Session, database: str, statement: str) -> dict[str, Any]:
    r"""Run one reading statement, or a command such as `\d`, as the on-call role: `columns`, `rows`
    (at most ROWS_MAX, and BYTES_MAX in all), and whether they were `cut`.

    Raises UnknownName for the database, UsageError with the server's words for the statement,
    DrillError where the database does not answer or SQL_AT_ONCE_MAX statements run already.
    """
    stateful = [entry.name for entry in session.spec.topology if entry.database]
    if database not in stateful:
        raise UnknownName("database", database, stateful)
    if "\0" in statement:
        raise UsageError("a statement holds no NUL character")
    statement = statement_of(statement)
    gate = session.run.sql_gate
    try:
        async with asyncio.timeout(WAIT_S):
            await gate.acquire()
    except TimeoutError:
        what = f"{SQL_AT_ONCE_MAX} statements run already"
        raise DrillError(what, f"each may take {TIMEOUT_S:g} s: try again") from None
    try:
        url = session.services.runtime.database_url(database)
        answer = await _ask(url, database, statement)
    finally:
        gate.release()
    return {"columns": answer.columns, "rows": answer.rows, "cut": answer.is_cut}


async def _ask(url: str, database: str, statement: str) -> _Answer:
    answer = _Answer()
    given = conninfo_to_dict(url)
    try:
        async with metered(str(given["host"]), int(str(given["port"])), BYTES_MAX) as meter:
            try:
                async with asyncio.timeout(TIMEOUT_S + CONNECT_TIMEOUT_S):
                    await _read(given, meter, statement, answer)
            except psycopg.OperationalError:
                if not meter.is_over:
                    raise
                if not answer.rows:
                    what = f"{database}: the first row is larger than {BYTES_MAX} bytes"
                    raise UsageError(what, "ask for less of it: left(…), length(…)") from None
                answer.is_cut = True
    except psycopg.errors.QueryCanceled:
        raise UsageError(f"{database}: the statement took longer than {TIMEOUT_S:g} s") from None
    except psycopg.OperationalError as error:
        if error.sqlstate is not None and not error.sqlstate.startswith(("08", "53", "57")):
            raise UsageError(f"{database}: {error}") from error
        raise DrillError(f"the {database} database cannot be reached: {error}") from error
    except psycopg.Error as error:
        raise UsageError(f"{database}: {error}", _HINTS.get(error.sqlstate or "", "")) from error
    except (OSError, TimeoutError) as error:
        why = str(error) or "it did not answer in time"
        raise DrillError(f"the {database} database cannot be reached: {why}") from error
    return answer


async def _read(given: Any, meter: Meter, statement: str, answer: _Answer) -> None:
    bounds = f"-c statement_timeout={TIMEOUT_S:g}s -c default_transaction_read_only=on"
    # What the environment says of connections (PGSSLMODE, …) has no say in one to this machine.
    connection = await psycopg.AsyncConnection.connect(
        **{**given, "host": "127.0.0.1", "port": meter.port},
        options=bounds,
        connect_timeout=round(CONNECT_TIMEOUT_S),
        sslmode="disable",
        gssencmode="disable",
        autocommit=True,
        context=_ADAPTERS,
    )
    cursor = connection.cursor(row_factory=answer.row_factory)
    try:
        async for row in cursor.stream(statement.encode()):
            if len(answer.rows) == ROWS_MAX:
                answer.is_cut = True
                break
            answer.rows.append(row)
        if not answer.rows:
            answer.columns = await _columns_of(connection, statement)
    finally:
        # Nobody wants the rest: else it would be read to its end.
        connection.pgconn.finish()


async def _columns_of(connection: psycopg.AsyncConnection[Any], statement: str) -> list[str]:
    """The columns of a statement that found no row, which the driver then leaves out."""
    pgconn = connection.pgconn
    pgconn.send_prepare(b"", statement.encode())
    await connection.wait(execute(pgconn))
    pgconn.send_describe_prepared(b"")
    (described,) = await connection.wait(execute(pgconn))
    return [(described.fname(at) or b"").decode() for at in range(described.nfields)]


def _as_json(value: str | None, kind: int) -> str | int | bool | None:
    if value is None:
        return None
    if kind == BOOL:
        return value == "t"
    if kind in INTEGERS and abs(int(value)) <= EXACT_MAX:
        return int(value)
    return value
