"""Feature flags, as the gateway has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any

import structlog
from fastapi import FastAPI

from services.chassis.http import PeerClient, PeerFailure
from services.feed.domain import Flags

log = structlog.stdlib.get_logger(__name__)


class FlagWatch:
    """The flags as last read; read again and again while the service runs.

    Requests never wait for them. Where the gateway does not answer, the last ones stay; a flag
    that it does not know is on.
    """

    def __init__(self, gateway: PeerClient, every_ms: int) -> None:
        self.now = Flags()
        self._gateway, self._every_s = gateway, every_ms / 1000

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: watches from start to shutdown."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                self._heed(await self._gateway.get("/api/flags"))
            except PeerFailure as failure:
                log.warning("flags stay as they are", reason=str(failure))
            await asyncio.sleep(self._every_s)

    def _heed(self, answer: Any) -> None:
        shown = answer.get("flags") if isinstance(answer, dict) else None
        if not isinstance(shown, dict):
            log.warning("flags stay as they are", reason="the answer holds none")
            return
        flags = Flags(**{field.name: shown.get(field.name) is not False for field in fields(Flags)})
        if flags != self.now:
            log.info("feature flags changed", ranking=flags.ranking,
                     recommendations=flags.recommendations, analytics=flags.analytics)  # fmt: skip
        self.now = flags
