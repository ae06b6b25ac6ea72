"""Reading the shop's databases, as the read-only reporting role."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from harness.database_meter import metered

QUERY_TIMEOUT_S = 3.0
BYTES_MAX = 16 * 1024 * 1024
"""Of what a database sends for one query; a healthy shop's largest answer is below a megabyte."""


class NotKnowable(Exception):
    """Something that a check needs could not be found out, so its measure is unknown."""


class ShopDatabases:
    """One short connection a query: nothing is held that a struggling shop could want."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls

    async def fetch(self, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of `query` in the database of `service`.

        Raises NotKnowable where the database does not answer in time, refuses, sends too much, or
        has no such table: a release may have changed anything.
        """
        url = self._urls.get(service)
        if url is None:
            raise NotKnowable(f"there is no database of {service}")
        try:
            async with asyncio.timeout(QUERY_TIMEOUT_S):
                return await self._fetch(service, url, query, arguments)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise NotKnowable(f"the database of {service} did not answer: {error}") from error

    async def fetch_anywhere(self, query: str) -> list[asyncpg.Record]:
        """The rows of a `query` about the server itself, which every database answers alike.

        Raises NotKnowable as `fetch` does, and where there is no database at all.
        """
        return await self.fetch(next(iter(self._urls), ""), query)

    async def _fetch(
        self, service: str, url: str, query: str, arguments: Sequence[Any]
    ) -> list[asyncpg.Record]:
        at = urlsplit(url)
        async with metered(at.hostname or "127.0.0.1", at.port or 5432, BYTES_MAX) as meter:
            try:
                connection = await asyncpg.connect(
                    url, host="127.0.0.1", port=meter.port, ssl=False
                )
                try:
                    rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
                    return rows
                finally:
                    connection.terminate()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                if not meter.is_over:
                    raise
                why = f"the database of {service} sends more than {BYTES_MAX} bytes"
                raise NotKnowable(why) from error
