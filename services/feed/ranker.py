"""Ranking by the assistant, for a bounded number of customers at a time."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from services.chassis.http import PeerClient, PeerFailure
from services.feed.domain import Item
from services.feed.metrics import RANKINGS_IN_FLIGHT, SHED

log = structlog.stdlib.get_logger(__name__)

PEER = "assistant"


class Ranker:
    """Asks the assistant, unless `in_flight_max` customers wait for it already."""

    def __init__(self, assistant: PeerClient, in_flight_max: int) -> None:
        self._assistant, self._in_flight_max = assistant, in_flight_max
        self._in_flight = 0
        RANKINGS_IN_FLIGHT.set_function(lambda: self._in_flight)

    async def rank(self, user_id: int, items: Sequence[Item]) -> list[str]:
        """The customer's own order of `items`; empty where the model gave none."""
        if self._in_flight >= self._in_flight_max:
            SHED.labels("ranking").inc()
            return []
        self._in_flight += 1
        try:
            asked = {"user_id": user_id, "candidates": [item.sku for item in items]}
            answer = await self._assistant.post("/rankings", json=asked)
        except PeerFailure as failure:
            log.warning("feed without ranking", user_id=user_id, reason=str(failure))
            return []
        finally:
            self._in_flight -= 1
        return list(answer["skus"]) if answer["source"] == "model" else []
