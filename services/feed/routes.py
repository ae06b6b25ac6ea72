"""HTTP in and out of feed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.chassis.errors import Problem
from services.feed.feeds import Feeds
from services.feed.flags import FlagBoard
from services.feed.metrics import SHED
from services.feed.schemas import FeedOut


def build_router(feeds: Feeds, flags: FlagBoard, in_flight_max: int) -> APIRouter:
    """The route of feed; at most `in_flight_max` requests are worked on at a time."""
    in_flight = 0

    async def bounded() -> AsyncIterator[None]:
        nonlocal in_flight
        if in_flight >= in_flight_max:
            # Turned away at once: a queue would make everybody wait and serve nobody sooner.
            SHED.labels("request").inc()
            detail = f"{in_flight_max} requests are being worked on"
            raise Problem(503, "The feed is busy", detail, headers={"Retry-After": "1"})
        in_flight += 1
        try:
            yield
        finally:
            in_flight -= 1

    router = APIRouter(dependencies=[Depends(bounded)])

    @router.get("/feed")
    async def get_feed(user_id: Annotated[int, Query(ge=1, le=2**63 - 1)]) -> FeedOut:
        """The home feed of a customer."""
        return FeedOut.model_validate(await feeds.feed(user_id, flags.now))

    return router
