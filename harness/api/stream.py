"""The record and the state of the drill as they change: server-sent events.

Each event of the record carries its number as `id`, so that a client which lost its connection asks
on from there (`Last-Event-ID`) and misses nothing and sees nothing twice. Nothing is kept for a
client: what it has not read yet is in the record. One that reads nothing is dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harness.api import event_feed
from harness.api.event_feed import Feed, frame
from harness.bounded_http import HANG_UP
from harness.drill.queries.told_messages import Reader
from harness.errors import DrillError

UNREAD_TIMEOUT_S = 15.0
"""How long a client may leave what it was sent unread."""


async def frames(feed: Feed, reader: Reader, after: int) -> AsyncIterator[bytes]:
    """What `reader` may see after event number `after`, until the drill has ended."""
    yield b"retry: 1000\n\n"
    if feed.session.review is not None:
        # Over it is from the beginning; what people still write comes as it is written.
        yield await feed.status(reader.audience)
        yield frame("over", {"reason": feed.session.run.over_reason})
    seen = min(after, feed.session.services.record.last_seq())
    told_at = due_at = 0.0
    while True:
        news, seen = feed.after(seen, reader)
        now = time.monotonic()
        if news:
            yield b"".join(one.chunk for one in news)
            if feed.session.review is None and any(one.is_last for one in news):
                yield frame("over", {"reason": feed.session.run.over_reason})
                return
            soonest_at = told_at + event_feed.STATUS_GAP_S
            due_at = min(due_at, max(now + event_feed.STATUS_AFTER_EVENT_S, soonest_at))
        elif now >= due_at:
            yield await feed.status(reader.audience)
            told_at = time.monotonic()
            due_at = told_at + event_feed.STATUS_EVERY_S
        else:
            await feed.growth(seen, due_at - now)


class EventStream(Response):
    """Sends frames; hangs up when the client does not read them, or the record ends."""

    media_type = "text/event-stream"

    def __init__(self, source: AsyncIterator[bytes], unread_timeout_s: float) -> None:
        super().__init__()
        self.source, self.unread_timeout_s = source, unread_timeout_s
        del self.headers["content-length"]
        self.headers["Cache-Control"] = "no-store"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        hang_up = scope.get("state", {}).get(HANG_UP, _nothing)
        sending = asyncio.create_task(self._send_all(send, hang_up))
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)

    async def _send_all(self, send: Send, hang_up: Callable[[], object]) -> None:
        try:
            async for chunk in self.source:
                async with asyncio.timeout(self.unread_timeout_s):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except (TimeoutError, DrillError):
            hang_up()
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _nothing() -> None:
    """Servers without a way to hang up close the connection when the answer ends."""


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
