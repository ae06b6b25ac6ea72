"""Loading rows into an empty database, as fast as Postgres takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Rows:
    """Rows of one table; each row holds one value a column."""

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


def load(database_url: str, tables: Mapping[str, Rows]) -> None:
    """COPY `tables`, in their order, in one transaction; then refresh the planner's statistics.

    Raises psycopg.Error (and loads nothing) where a row breaks a constraint, as it does on a
    second run.
    """
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        for table, content in tables.items():
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, content.columns)),
            )
            with cursor.copy(statement) as copy:
                for row in content.rows:
                    copy.write_row(row)
        for table in tables:
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
