"""One route: what happens, as it happens."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query, Request, Response

from harness.api.access import TEAM, router_for
from harness.api.answers import record_answers
from harness.api.answers.shapes import EVENT_STREAM, answers
from harness.api.dependencies import AsReader
from harness.api.event_feed import Feed
from harness.api.stream import UNREAD_TIMEOUT_S, EventStream, frames

router = router_for(TEAM, prefix="/v1")

Number = Annotated[int, Query(ge=0, le=10**15)]


@router.get("/stream", responses=answers(record_answers.StreamFrame, media_type=EVENT_STREAM))
async def stream(
    request: Request,
    reader: AsReader,
    after: Number = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=10**15)] = None,
) -> Response:
    """Server-sent events `record`, `status` and at the end `over`, from after the given number."""
    feed: Feed = request.app.state.feed
    begin = after if last_event_id is None else last_event_id
    return EventStream(frames(feed, reader, begin), UNREAD_TIMEOUT_S)
