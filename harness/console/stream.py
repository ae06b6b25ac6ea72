"""The record and the state of the drill as they change: server-sent events.

Each event of the record carries its number as `id`, so that a client which lost its connection asks
on from there (`Last-Event-ID`) and misses nothing and sees nothing twice. Nothing is kept for a
client: what it has not read yet is in the record. One that reads nothing is dropped.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harness.drill.session import Session
from harness.drill.status import status
from harness.errors import DrillError
from harness.record import events
from harness.record.events import Audience

BATCH = 500
"""Events of the record in one read."""
STATUS_EVERY_S = 2.0
UNREAD_TIMEOUT_S = 15.0
"""How long a client may leave what it was sent unread."""
LAST = (events.DrillFinished, events.DrillAborted)


class StatusFeed:
    """The drill's status for many clients: asked for once in a while, whoever wants it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._asked: dict[Audience, tuple[float, asyncio.Task[dict[str, Any]]]] = {}

    async def current(self, audience: Audience) -> dict[str, Any]:
        """Not older than STATUS_EVERY_S."""
        at, task = self._asked.get(audience, (0.0, None))
        if task is None or time.monotonic() - at >= STATUS_EVERY_S:
            task = asyncio.create_task(status(self.session, audience))
            self._asked[audience] = (time.monotonic(), task)
        return await asyncio.shield(task)


def frame(kind: str, data: object, number: int | None = None) -> bytes:
    """One server-sent event."""
    identity = "" if number is None else f"id: {number}\n"
    return f"{identity}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def frames(
    session: Session, feed: StatusFeed, audience: Audience, after: int
) -> AsyncIterator[bytes]:
    """What `audience` may see after event number `after`, until the drill has ended."""
    yield b"retry: 1000\n\n"
    seen, told_at = after, 0.0
    while True:
        newest = session.record.last_seq()
        batch = session.record.events(seen, audience=audience, limit=BATCH)
        for envelope in batch:
            yield frame("record", envelope.as_cloudevent(), envelope.seq)
        if any(isinstance(envelope.event, LAST) for envelope in batch):
            yield frame("over", {"reason": session.over_reason})
            return
        if len(batch) == BATCH:
            seen = batch[-1].seq
            continue
        # What this audience may not see is passed over.
        seen = max([newest, *(envelope.seq for envelope in batch)])
        if time.monotonic() - told_at >= STATUS_EVERY_S:
            yield frame("status", await feed.current(audience))
            told_at = time.monotonic()
        await _news(session, seen)


async def _news(session: Session, seen: int) -> None:
    """Return when the record has grown, or the next status is due."""
    try:
        async with asyncio.timeout(STATUS_EVERY_S):
            await session.record.wait_beyond(seen)
    except TimeoutError:
        return


class EventStream(Response):
    """Sends frames; ends without a word when the client does not read them, or the record ends."""

    media_type = "text/event-stream"

    def __init__(self, source: AsyncIterator[bytes], unread_timeout_s: float) -> None:
        super().__init__()
        self.source, self.unread_timeout_s = source, unread_timeout_s
        del self.headers["content-length"]
        self.headers["Cache-Control"] = "no-store"

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send_all(send))
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)

    async def _send_all(self, send: Send) -> None:
        try:
            async for chunk in self.source:
                async with asyncio.timeout(self.unread_timeout_s):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except (TimeoutError, DrillError):
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
