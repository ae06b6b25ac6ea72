"""Feature flags: kept in the feed's database, and at hand in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace

import structlog
from fastapi import FastAPI

from services.chassis.db import Database
from services.feed import store
from services.feed.domain import Flags

log = structlog.stdlib.get_logger(__name__)


class UnknownFlag(LookupError):
    """There is no such flag: flags are declared in code, and only switched from outside."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no flag '{name}'")


class FlagBoard:
    """The flags as they are. Requests read them from memory and never wait for them.

    A switched flag outlives the process, so that neither a restart nor a release undoes it.
    """

    def __init__(self, db: Database) -> None:
        self.now = Flags()
        self._db = db

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: reads what was switched before."""
        async with self._db.reading() as session:
            switched = await store.switched_flags(session)
        known = asdict(self.now)
        self.now = Flags(**(known | {name: switched[name] for name in known.keys() & switched}))
        yield

    async def switch(self, name: str, *, enabled: bool) -> None:
        """Raises UnknownFlag."""
        if name not in asdict(self.now):
            raise UnknownFlag(name)
        async with self._db.session() as session:
            await store.switch_flag(session, name, enabled=enabled)
        self.now = replace(self.now, **{name: enabled})
        log.info("feature flag switched", flag=name, enabled=enabled)
