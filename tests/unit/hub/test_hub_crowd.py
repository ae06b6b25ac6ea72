"""Many people at many drills through one hub, on one core: everybody hears every event once, soon,
and the hub does not grow.

The drills are processes as the hub starts them, with a real record and the real API, and replay
a recorded workshop at a pace; what they lack is a shop.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from harness.waiting import wait_until
from tests.unit.api.crowd import Client, one_core
from tests.unit.hub.whole_hub import BOUND_S, WholeHub, whole_hub

pytestmark = pytest.mark.live

DELIVERY_P99_MAX_S = 0.25
GROWN_BYTES_MAX = 16_000_000
PACE = 2.0
"""Events a second of each drill; a drill has about one."""
PAGE_BYTES = 4096


@dataclass(frozen=True)
class Crowd:
    """How large it is, and what came of it."""

    drills: int
    people: int
    events: int
    """Of each drill."""


@dataclass(frozen=True)
class Found:
    p99_s: float
    deliveries: int
    begun_bytes: int
    grown_bytes: int


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


@contextmanager
def drills(folder: Path, crowd: Crowd) -> Iterator[tuple[WholeHub, list[str]]]:
    """A hub whose drills wait for the word to write."""
    with whole_hub(folder / "hub") as hub:
        runs = [
            hub.begin(f"team {number}", number=crowd.events, pace=PACE)
            for number in range(crowd.drills)
        ]
        hub.all_are("running")
        yield hub, runs
        hub.end_all()
        hub.all_are("over")


async def heard(
    hub: WholeHub, runs: list[str], crowd: Crowd
) -> tuple[dict[str, list[Client]], int]:
    """What everybody heard until all was written, by run; and by how much the hub grew after the
    first tenth of it."""
    clients = {run: [Client() for _ in range(crowd.people // crowd.drills)] for run in runs}
    timeout = aiohttp.ClientTimeout(total=None, sock_read=BOUND_S)
    connector = aiohttp.TCPConnector(limit=0)

    async def all_have(wanted: int) -> None:
        async def have() -> bool:
            return all(len(one.numbers) >= wanted for some in clients.values() for one in some)

        limit_s = BOUND_S + 4 * crowd.events / PACE
        await wait_until(have, timeout_s=limit_s, what=f"{wanted} events at everybody")

    async with aiohttp.ClientSession(
        headers=hub.owner, timeout=timeout, connector=connector
    ) as http:
        tasks = [
            asyncio.create_task(one.listen(http, f"{hub.url}/drills/{run}/v1/stream"))
            for run, some in clients.items()
            for one in some
        ]
        try:
            await all_have(1)
            hub.go()
            await all_have(1 + crowd.events // 10)
            begun = resident_bytes(hub.pid)
            await all_have(1 + crowd.events)
            grown = resident_bytes(hub.pid) - begun
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return clients, grown


def measured(folder: Path, crowd: Crowd) -> Found:
    """What a crowd found; that each heard every event once is asserted."""
    delays: list[float] = []
    with one_core(), drills(folder, crowd) as (hub, runs):
        clients, grown = asyncio.run(heard(hub, runs, crowd))
        begun = resident_bytes(hub.pid) - grown
        for run, some in clients.items():
            sent = hub.sent(run)
            everything = list(range(1, max(sent) + 1))
            for one in some:
                assert one.numbers == everything
                delays += [one.heard_at_s[number] - at_s for number, at_s in sent.items()]
    return Found(statistics.quantiles(delays, n=100)[98], len(delays), begun, grown)


@pytest.mark.timeout(300)
def test_some_people_at_two_drills_hear_every_event_once(tmp_path: Path) -> None:
    found = measured(tmp_path, Crowd(drills=2, people=20, events=10))
    assert found.deliveries == 20 * 10


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_two_hundred_people_at_ten_drills_hear_it_soon_and_the_hub_stays_small(
    tmp_path: Path,
) -> None:
    found = measured(tmp_path, Crowd(drills=10, people=200, events=120))
    print(f"\n  {found}")  # noqa: T201
    assert found.p99_s <= DELIVERY_P99_MAX_S
    assert found.grown_bytes <= GROWN_BYTES_MAX
