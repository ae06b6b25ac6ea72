"""The live stream: complete, without repeats, for the right eyes, and never kept for a sleeper."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import pytest

from harness.api import event_feed
from harness.api.event_feed import Feed
from harness.api.stream import EventStream, frames
from harness.drill.queries.told_messages import Reader
from harness.drill.session import Session
from harness.record import events
from harness.record.events import Audience
from tests.unit.api.sealed_drill import QuietRuntime, Silent


def read(chunk: bytes) -> dict[str, Any]:
    """One frame as its fields, the data parsed."""
    fields = dict(line.split(": ", 1) for line in chunk.decode().strip().splitlines())
    if "data" in fields:
        fields["data"] = json.loads(fields["data"])
    return fields


class Quiet(Feed):
    """A status that needs no running shop."""

    async def current(self, audience: Audience) -> dict[str, Any]:
        return {"audience": audience}


async def listen(
    session: Session, audience: Audience, after: int = 0, person: str = ""
) -> list[dict[str, Any]]:
    """All frames until the drill is over."""
    source = frames(Quiet(session), Reader(audience, person), after)
    chunks = [chunk async for chunk in source]
    return [read(one) for one in b"".join(chunks).split(b"\n\n") if one]


def records(heard: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(int(one["id"]), one["data"]["type"]) for one in heard if one.get("event") == "record"]


async def test_what_is_recorded_is_told_in_order_until_the_end(session: Session) -> None:
    before = session.services.record.last_seq()
    hearing = asyncio.create_task(listen(session, "all", before))
    for number in range(30):
        session.note(events.NoteAdded(text=f"note {number}", by="Ada"))
        await asyncio.sleep(0)
    session.note(events.DrillFinished(reason="played to its end"))
    heard = await asyncio.wait_for(hearing, 10)
    assert [seq for seq, _ in records(heard)] == list(range(before + 1, before + 32))
    assert heard[-1]["event"] == "over"


async def test_whoever_comes_back_misses_nothing_and_sees_nothing_twice(session: Session) -> None:
    for number in range(10):
        session.note(events.NoteAdded(text=f"note {number}", by="Ada"))
    middle = session.services.record.last_seq()
    session.note(events.NoteAdded(text="while away", by="Ada"))
    session.note(events.DrillFinished(reason="done"))
    heard = await asyncio.wait_for(listen(session, "all", middle), 10)
    assert records(heard) == [(middle + 1, "note.added"), (middle + 2, "drill.finished")]


async def test_who_claims_to_have_seen_the_future_hears_what_comes_and_delays_nobody(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_feed, "STATUS_EVERY_S", 30.0)
    shared = Quiet(session)
    ahead, good = (frames(shared, Reader("all"), after) for after in (10**12, 0))
    for source in (ahead, good):
        assert b"retry" in await anext(source)
        assert b"event: status" in await anext(source)
    waiting = [asyncio.create_task(anext(source)) for source in (ahead, good)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    session.note(events.NoteAdded(text="now", by="Ada"))
    heard = await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert all(b"note.added" in chunk for chunk in heard)


async def test_whoever_begins_far_behind_is_told_all_of_it_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_feed, "KEPT", 10)
    monkeypatch.setattr(event_feed, "BATCH", 4)
    before = session.services.record.last_seq()
    for number in range(29):
        session.note(events.NoteAdded(text=f"note {number}", by="Ada"))
    session.note(events.DrillFinished(reason="done"))
    heard = await asyncio.wait_for(listen(session, "all", before), 10)
    assert [seq for seq, _ in records(heard)] == list(range(before + 1, before + 31))


async def test_participants_do_not_hear_what_tells_the_answer(session: Session) -> None:
    before = session.services.record.last_seq()
    session.note(events.DrillTriggered(service="payments", version_to="2.4.2"))
    session.note(events.DrillFinished(reason="done"))
    team = await asyncio.wait_for(listen(session, "all", before), 10)
    instructor = await asyncio.wait_for(listen(session, "instructor", before), 10)
    assert [kind for _, kind in records(team)] == ["drill.finished"]
    assert [kind for _, kind in records(instructor)] == ["drill.triggered", "drill.finished"]


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"event: record\ndata: {}\n\n"
        await asyncio.sleep(0)


class Client:
    """The browser's side of one ASGI request; reads until it falls asleep."""

    def __init__(self, reads: int) -> None:
        self.reads, self.got = reads, 0
        self.gone = asyncio.Event()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self.got += 1
            if self.got > self.reads:
                await asyncio.Event().wait()

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}


async def test_a_client_that_reads_nothing_is_dropped() -> None:
    client = Client(reads=3)
    stream = EventStream(endless(), unread_timeout_s=0.05)
    await asyncio.wait_for(stream({"type": "http"}, client.receive, client.send), 5)
    assert client.got == 4


async def test_a_client_that_reads_is_not(session: Session) -> None:
    """Negative control: it is the silence that ends the other one."""
    client = Client(reads=10**9)
    stream = EventStream(endless(), unread_timeout_s=0.05)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream({"type": "http"}, client.receive, client.send), 0.5)
    assert client.got > 10


async def test_a_client_that_went_away_ends_its_stream() -> None:
    client = Client(reads=10**9)
    client.gone.set()
    stream = EventStream(endless(), unread_timeout_s=5)
    await asyncio.wait_for(stream({"type": "http"}, client.receive, client.send), 5)


async def test_the_status_is_told_while_an_act_waits_for_its_outcome(session: Session) -> None:
    stated = events.ActionStated("act-1", "rollback", "payments", "heals", 80, 60, "back", "Ada")
    session.note(stated)
    silent: Any = Silent()
    runtime: Any = QuietRuntime(session.services.runtime.deployed())
    session.services.prometheus, session.services.runtime = silent, runtime
    heard = read(await Feed(session).status("all"))["data"]
    assert heard["exercise"]["open_actions"] == [asdict(stated)]


def test_what_has_no_form_is_a_mistake_and_not_guessed() -> None:
    """Negative control: only what the record holds is put into words of its own."""
    with pytest.raises(TypeError, match="object has no form in JSON"):
        event_feed.frame("status", {"x": object()})


class Dated(Quiet):
    """Says as of which event each status is."""

    async def current(self, audience: Audience) -> dict[str, Any]:
        return {"as_of": self.session.services.record.last_seq()}


async def test_a_status_follows_each_event_soon_and_not_more_than_one_a_second(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_feed, "STATUS_EVERY_S", 60.0)
    source = frames(Dated(session), Reader("all"), session.services.record.last_seq())
    assert b"retry" in await anext(source)
    assert b"event: status" in await anext(source)
    began_s = time.monotonic()
    for _ in range(3):
        session.note(events.NoteAdded(text="seen", by="Ada"))
        newest, told = session.services.record.last_seq(), -1
        async with asyncio.timeout(10):  # far less than when one would come anyway
            while told < newest:
                chunk = await anext(source)
                told = read(chunk)["data"]["as_of"] if b"event: status" in chunk else told
    assert time.monotonic() - began_s >= 2 * event_feed.STATUS_GAP_S
