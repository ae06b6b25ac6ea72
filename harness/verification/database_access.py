"""Reading the shop's databases, as the read-only reporting role."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg

QUERY_TIMEOUT_S = 3.0


class NotKnowable(Exception):
    """Something that a check needs could not be found out, so its measure is unknown."""


class ShopDatabases:
    """One short connection a query: nothing is held that a struggling shop could want."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls

    async def fetch(self, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of `query` in the database of `service`.

        Raises NotKnowable where the database does not answer in time, refuses, or has no such
        table: a release may have changed anything.
        """
        url = self._urls.get(service)
        if url is None:
            raise NotKnowable(f"there is no database of {service}")
        try:
            async with asyncio.timeout(QUERY_TIMEOUT_S):
                connection = await asyncpg.connect(url)
                try:
                    rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
                    return rows
                finally:
                    connection.terminate()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise NotKnowable(f"the database of {service} did not answer: {error}") from error
