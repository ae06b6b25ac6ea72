"""What every client of the live stream is told, read and put into words once for all of them."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from dataclasses import asdict, dataclass, field, is_dataclass
from itertools import takewhile
from typing import Any

from harness.drill.queries.status import status
from harness.drill.queries.told_messages import Reader, own_envelopes
from harness.drill.session import Session
from harness.record import events
from harness.record.envelope import Envelope
from harness.record.events import Audience

BATCH = 500
"""Events of the record in one read for a client that is far behind."""
KEPT = 5000
"""Newest events that are kept in words, for each audience."""
STATUS_EVERY_S = 2.0
STATUS_AFTER_EVENT_S = 0.25
"""What has just happened shows soon, and what belongs together in one status."""
STATUS_GAP_S = 1.0
"""Between two statuses to one client, however much happens."""
STATUS_KEPT_S = 0.2
"""So long a status does for all clients, whatever has happened since."""
LAST = (events.DrillFinished, events.DrillAborted)


def frame(kind: str, data: object, number: int | None = None) -> bytes:
    """One server-sent event."""
    identity = "" if number is None else f"id: {number}\n"
    text = json.dumps(data, ensure_ascii=False, default=_fields)
    return f"{identity}event: {kind}\ndata: {text}\n\n".encode()


def _fields(value: Any) -> dict[str, Any]:
    """What the status has as it stands in the record, as the routes answer it, too."""
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    return asdict(value)


@dataclass(frozen=True)
class FeedEvent:
    """An event of the record as it goes out."""

    seq: int
    chunk: bytes
    is_last: bool

    @classmethod
    def of(cls, envelope: Envelope) -> FeedEvent:
        """`envelope` in words."""
        chunk = frame("record", envelope.in_words(), envelope.seq)
        return cls(envelope.seq, chunk, isinstance(envelope.event, LAST))


@dataclass
class _Tail:
    """The newest events that one audience may see: all of them after `begin`, up to `end`."""

    begin: int
    end: int
    events: deque[FeedEvent] = field(default_factory=deque)


@dataclass(frozen=True)
class _Asked:
    """A status that was asked for: when, and as of which event."""

    at: float
    seq: int
    task: asyncio.Task[bytes]

    def is_stale(self, now: float, newest: int) -> bool:
        """Whether it is too old, or something has happened since it was taken."""
        return now - self.at >= (STATUS_KEPT_S if self.seq < newest else STATUS_EVERY_S)


class Feed:
    """The record and the status of a drill, for as many clients as there are."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._tails: dict[Audience, _Tail] = {}
        self._growth: asyncio.Task[int] | None = None
        self._asked: dict[Audience, _Asked] = {}

    def after(self, seen: int, reader: Reader) -> tuple[list[FeedEvent], int]:
        """The next events that `reader` may see, of everybody's at most BATCH, and how far that is
        complete. What they may not see is passed over.
        """
        shared, end = self._after(seen, reader.audience)
        own = [FeedEvent.of(one) for one in own_envelopes(self.session, reader, seen, end)]
        return sorted([*shared, *own], key=lambda one: one.seq), end

    def _after(self, seen: int, audience: Audience) -> tuple[list[FeedEvent], int]:
        tail = self._up_to_date(audience)
        if seen >= tail.begin:
            unseen = list(takewhile(lambda one: one.seq > seen, reversed(tail.events)))
            batch, end = unseen[::-1][:BATCH], tail.end
        else:
            found = self.session.services.record.events(seen, audience=audience, limit=BATCH)
            batch, end = [FeedEvent.of(one) for one in found], tail.begin
        if len(batch) == BATCH:
            return batch, batch[-1].seq
        return batch, max(seen, end, *(one.seq for one in batch))

    async def growth(self, seen: int, within_s: float) -> None:
        """Return when the record has events after `seen`, or that time is over.

        To be called with what `after` answered, and nothing awaited between the two. Raises
        DrillError where the record cannot be read any more.
        """
        if self._growth is None or self._growth.done():
            self._growth = asyncio.create_task(self.session.services.record.wait_beyond(seen))
        growth = self._growth
        await asyncio.wait({growth}, timeout=within_s)
        if growth.done():
            growth.result()

    async def close(self) -> None:
        """Stop what is asked for at the moment; nobody is there to be told."""
        tasks = [one.task for one in self._asked.values()]
        if self._growth is not None:
            tasks.append(self._growth)  # type: ignore[arg-type]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def status(self, audience: Audience) -> bytes:
        """The drill's status as it goes out: not older than STATUS_EVERY_S, nor than an event of
        more than STATUS_KEPT_S ago."""
        newest, now = self.session.services.record.last_seq(), time.monotonic()
        asked = self._asked.get(audience)
        if asked is None or asked.is_stale(now, newest):
            task = asyncio.create_task(self._status_frame(audience))
            asked = self._asked[audience] = _Asked(now, newest, task)
        return await asyncio.shield(asked.task)

    async def current(self, audience: Audience) -> dict[str, Any]:
        """The status itself."""
        return await status(self.session, audience)

    async def _status_frame(self, audience: Audience) -> bytes:
        return frame("status", await self.current(audience))

    def _up_to_date(self, audience: Audience) -> _Tail:
        record = self.session.services.record
        newest = record.last_seq()
        tail = self._tails.get(audience)
        if tail is None:
            begin = max(0, newest - KEPT)
            tail = self._tails[audience] = _Tail(begin, begin)
        if newest > tail.end:
            tail.events.extend(
                FeedEvent.of(one) for one in record.events(tail.end, audience=audience)
            )
            # The record may have grown between the two reads.
            tail.end = max(newest, tail.events[-1].seq if tail.events else 0)
        while len(tail.events) > KEPT:
            tail.begin = tail.events.popleft().seq
        return tail
