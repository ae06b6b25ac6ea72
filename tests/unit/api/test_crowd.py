"""Two hundred people look at one drill: all hear everything, soon; one that sleeps is let go."""

from __future__ import annotations

import asyncio
import select
import statistics
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.api import routes_stream
from harness.drill.session import Session
from harness.record import events
from tests.browser.drill import served
from tests.unit.api.crowd import Client, all_heard, crowd, one_core, sleeper

pytestmark = [pytest.mark.alone, pytest.mark.timeout(120)]

CLIENTS = 200
SLEEPERS = 20
ROUNDS = 3
EVENTS = 60
EVERY_S = 0.1
BURST = 40
DELIVERY_P99_MAX_S = 0.25
UNREAD_TIMEOUT_S = 0.5
FILLING = "x" * 10_000
HUNG_UP_WITHIN_MS = 20_000


def delays_s(clients: list[Client], sent_at_s: dict[int, float]) -> list[float]:
    """From before it was written down to its arrival, for each event at each client."""
    return [one.heard_at_s[number] - at for one in clients for number, at in sent_at_s.items()]


def burst(session: Session) -> None:
    """Write BURST events at once."""
    for number in range(BURST):
        session.note(events.NoteAdded(f"at once {number}", "Ada"), "Ada")


def fill(session: Session) -> None:
    """Write more than all buffers on the way to a client hold."""
    for _ in range(1000):
        session.note(events.NoteAdded(FILLING, "Ada"), "Ada")


async def paced(session: Session) -> dict[int, float]:
    """Write EVENTS events, one every EVERY_S; when each was about to be written, by number."""
    sent: dict[int, float] = {}
    for number in range(EVENTS):
        at = time.monotonic()
        await asyncio.to_thread(session.note, events.NoteAdded(f"note {number}", "Ada"), "Ada")
        sent[session.services.record.last_seq()] = at
        await asyncio.sleep(EVERY_S)  # the pace of the writer, not a wait for anything
    return sent


async def best_round(session: Session, clients: list[Client]) -> float:
    """The 99th percentile of a round, at best of ROUNDS: others may use this core, too."""
    found = float("inf")
    for _ in range(ROUNDS):
        sent = await paced(session)
        await all_heard(clients, session.services.record.last_seq())
        found = min(found, statistics.quantiles(delays_s(clients, sent), n=100)[98])
        if found <= DELIVERY_P99_MAX_S:
            break
    return found


async def test_two_hundred_clients_on_one_core_lose_nothing_and_hear_it_soon(
    trouble: Session, tmp_path: Path
) -> None:
    with one_core(), served(trouble, tmp_path / "secrets") as drill:
        async with crowd(drill, CLIENTS) as clients:
            p99_s = await best_round(trouble, clients)
            await asyncio.to_thread(burst, trouble)
            await all_heard(clients, trouble.services.record.last_seq())
    told = [one.seq for one in trouble.services.record.events(audience="all")]
    assert [one.numbers for one in clients] == [told] * CLIENTS
    print(f"\n  {CLIENTS} clients, 99th percentile of delivery {1000 * p99_s:>16.0f} ms")  # noqa: T201
    assert p99_s <= DELIVERY_P99_MAX_S


async def test_all_come_back_at_once_while_some_sleep_and_none_misses_or_repeats_anything(
    trouble: Session, tmp_path: Path
) -> None:
    with served(trouble, tmp_path / "secrets") as drill, ExitStack() as asleep:
        for _ in range(SLEEPERS):
            asleep.enter_context(sleeper(drill))
        async with crowd(drill, CLIENTS) as clients:
            await cut_while_told(trouble, clients)
    told = [one.seq for one in trouble.services.record.events(audience="all")]
    assert [one.numbers for one in clients] == [told] * CLIENTS


async def test_whoever_came_back_without_a_number_would_hear_it_all_again(
    trouble: Session, tmp_path: Path
) -> None:
    """Negative control: it is the number that keeps the others from that."""
    with served(trouble, tmp_path / "secrets") as drill:
        async with crowd(drill, 5) as clients:
            for one in clients:
                one.remembers = False
            await cut_while_told(trouble, clients)
    assert all(len(one.numbers) > len(set(one.numbers)) for one in clients)


async def cut_while_told(session: Session, clients: list[Client]) -> None:
    """Everybody loses the connection twice in the middle of much that happens."""
    for _ in range(2):
        writing = asyncio.create_task(asyncio.to_thread(burst, session))
        await all_heard(clients, session.services.record.last_seq() + 1)
        for one in clients:
            one.cut()
        await writing
    await all_heard(clients, session.services.record.last_seq())


async def test_a_client_that_never_reads_is_hung_up_on_and_the_others_hear_on(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_stream, "UNREAD_TIMEOUT_S", UNREAD_TIMEOUT_S)
    with served(trouble, tmp_path / "secrets") as drill, sleeper(drill) as asleep:
        async with crowd(drill, 5) as clients:
            await asyncio.to_thread(fill, trouble)
            await all_heard(clients, trouble.services.record.last_seq())
            ended = select.poll()
            ended.register(asleep, select.POLLHUP)
            assert await asyncio.to_thread(ended.poll, HUNG_UP_WITHIN_MS)


async def test_a_client_that_was_told_little_is_not(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what it did not read fits on the way, so nobody waits for it."""
    monkeypatch.setattr(routes_stream, "UNREAD_TIMEOUT_S", UNREAD_TIMEOUT_S)
    with served(trouble, tmp_path / "secrets") as drill, sleeper(drill) as asleep:
        async with crowd(drill, 5):
            ended = select.poll()
            ended.register(asleep, select.POLLHUP)
            assert not await asyncio.to_thread(ended.poll, round(UNREAD_TIMEOUT_S * 3000))
