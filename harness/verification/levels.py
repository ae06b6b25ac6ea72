"""Does what a request takes come back when it is over? Watched after the stress, under gentle load.

A leak hides behind a larger pool, or behind giving everything back now and then: customers notice
nothing until the pool, or the server behind it, has no more to give. What is measured here it
cannot hide: that a service which serves nobody still keeps something, that it replaces its sessions
at the database again and again, that it grows.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import aiohttp

from harness.measures import Measures
from harness.verification.api_calls import make, read_bounded
from harness.verification.database_access import NotKnowable, ShopDatabases
from harness.verification.driving import Departure
from harness.verification.exposition import BYTES_MAX

LOOK_EVERY_S = 0.25
LOOK_CLOSELY_S = 0.04
"""While something is kept for nobody: until when, is what is asked."""
SESSIONS_EVERY_S = 0.5
SCRAPE_TIMEOUT_S = 2.0
SMOOTHED_OVER = 3
"""The first and the last third of the looks are compared, each by its lowest: what is taken for a
moment is no growth."""

SERVED = ("http_requests_in_flight", "background_jobs_in_progress")
"""What a service works on: what others ask of it, and what it does on its own."""
TAKEN = ("db_pool_in_use", "worker_slots_in_use")
"""A request or a job takes one of each at most."""
RESIDENT, DESCRIPTORS, THREADS = (
    "process_resident_memory_bytes",
    "process_open_fds",
    "process_threads",
)
OLDEST_TASK_S = "assistant_queue_age_seconds"
_NAMES = (*SERVED, *TAKEN, RESIDENT, DESCRIPTORS, THREADS, OLDEST_TASK_S)
_SAMPLE = re.compile(
    rf"^({'|'.join(_NAMES)})"
    r"(?:\{[^}]*\})? (\S+)",
    re.MULTILINE,
)
_SESSIONS = """
    SELECT pid, datname, state LIKE 'idle in transaction%' AS idles,
           1000 * extract(epoch FROM clock_timestamp() - state_change)::float8 AS unchanged_ms
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND datname IS NOT NULL
      AND usename NOT IN (current_user, 'oncall', 'reporting')
"""
"""Of the services alone: readers come and go."""


@dataclass(frozen=True)
class Look:
    """What one service said of itself at one moment (loop time, seconds)."""

    at_s: float
    values: Mapping[str, float]

    @property
    def can_keep(self) -> bool:
        """Whether the service has anything that a request takes."""
        return any(name in self.values for name in TAKEN)

    @property
    def kept_for_nobody(self) -> float:
        """Connections or workers that are taken, beyond what the work under way can take."""
        taken = max((self.values.get(name, 0.0) for name in TAKEN), default=0.0)
        return max(0.0, taken - sum(self.values.get(name, 0.0) for name in SERVED))


@dataclass
class SessionBook:
    """The services' sessions at their database server, as the server has them."""

    open_now: dict[str, set[int]] = field(default_factory=dict)
    """Database → its sessions at the last look."""
    ended: dict[str, int] = field(default_factory=dict)
    """Database → how many were gone at a later look. A pool keeps what it has; it may grow."""
    longest_idle_ms: float = 0.0
    """In the middle of a transaction."""
    is_known: bool = False
    """Whether the server has answered."""

    def enter(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Take one look at the server."""
        seen: dict[str, set[int]] = {}
        for row in rows:
            seen.setdefault(str(row["datname"]), set()).add(int(str(row["pid"])))
            if row["idles"]:
                self.longest_idle_ms = max(self.longest_idle_ms, float(str(row["unchanged_ms"])))
        for database, sessions in self.open_now.items():
            gone = len(sessions - seen.get(database, set()))
            self.ended[database] = self.ended.get(database, 0) + gone
        self.open_now, self.is_known = seen, True


@dataclass(frozen=True)
class Watched:
    """What was seen after the stress."""

    looks: Mapping[str, Sequence[Look]]
    """By service, in order."""
    sessions: SessionBook


async def watch(
    session: aiohttp.ClientSession,
    databases: ShopDatabases,
    metrics_urls: Mapping[str, str],
    departures: Sequence[Departure],
    until: float,
) -> Watched:
    """Look at every service and at the database server until `until` (loop time, seconds), while
    a few customers come by. Never raises because of the shop."""
    book, answered = SessionBook(), _Answered()
    looks: dict[str, list[Look]] = {name: [] for name in metrics_urls}
    async with asyncio.TaskGroup() as group:
        for name, url in metrics_urls.items():
            group.create_task(_look_at(session, url, looks[name], answered, until))
        group.create_task(_look_at_sessions(databases, book, until))
        group.create_task(_come_by(session, departures, answered, until))
    return Watched(looks, book)


class _Answered:
    """Wakes those who look as soon as a visitor has been answered: what that request took is to
    be back by then."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def within(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()


async def _look_at(
    session: aiohttp.ClientSession, url: str, looks: list[Look], answered: _Answered, until: float
) -> None:
    loop = asyncio.get_running_loop()
    while loop.time() < until:
        look = await look_once(session, url)
        if look is not None:
            looks.append(look)
        if look is not None and look.kept_for_nobody >= 1:
            await asyncio.sleep(LOOK_CLOSELY_S)
        elif look is not None and look.can_keep:
            await answered.within(LOOK_EVERY_S)
        else:
            await asyncio.sleep(LOOK_EVERY_S)


async def look_once(session: aiohttp.ClientSession, url: str) -> Look | None:
    """One look at a service; None where it does not answer in time."""
    try:
        async with asyncio.timeout(SCRAPE_TIMEOUT_S), session.get(url) as response:
            if response.status != 200:
                return None
            text = (await read_bounded(response, BYTES_MAX)).decode()
            values: Counter[str] = Counter()
            for name, value in _SAMPLE.findall(text):
                values[name] += float(value)  # type: ignore[assignment]  # adds up floats as well
            return Look(asyncio.get_running_loop().time(), values)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError):
        return None


async def _look_at_sessions(databases: ShopDatabases, book: SessionBook, until: float) -> None:
    loop = asyncio.get_running_loop()
    while loop.time() < until:
        with contextlib.suppress(NotKnowable):
            book.enter(await databases.fetch_anywhere(_SESSIONS))
        await asyncio.sleep(SESSIONS_EVERY_S)


async def _come_by(
    session: aiohttp.ClientSession,
    departures: Sequence[Departure],
    answered: _Answered,
    until: float,
) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def depart(one: Departure) -> None:
        await asyncio.sleep(start + one.at_s - loop.time())
        await make(session, one.request, timeout_s=until - loop.time())
        answered.tell()

    async with asyncio.TaskGroup() as group:
        for one in departures:
            group.create_task(depart(one))


def level_measures(watched: Watched) -> Measures:
    """The worst service of each; None where nothing could be seen."""
    looks = list(watched.looks.values())
    book = watched.sessions
    return {
        "kept_for_nobody_ms": _worst(longest_keeping_ms(one) for one in looks),
        "sessions_replaced": (
            float(max(book.ended.values(), default=0)) if book.is_known else None
        ),
        "idle_transaction_ms": book.longest_idle_ms if book.is_known else None,
        "oldest_task_s": _worst(_lowest(one, OLDEST_TASK_S) for one in looks),
        "memory_growth_mb": _worst(growth(one, RESIDENT, 1e-6) for one in looks),
        "descriptors_growth": _worst(growth(one, DESCRIPTORS) for one in looks),
        "threads_growth": _worst(growth(one, THREADS) for one in looks),
    }


def longest_keeping_ms(looks: Sequence[Look]) -> float | None:
    """For how long at a stretch something was kept for nobody; None without a look."""
    longest_s, since = 0.0, None
    for look in looks:
        if look.kept_for_nobody < 1:
            since = None
            continue
        since = look.at_s if since is None else since
        longest_s = max(longest_s, look.at_s - since)
    return longest_s * 1000 if looks else None


def growth(looks: Sequence[Look], name: str, unit: float = 1.0) -> float | None:
    """By how much the lowest value of the last looks exceeds that of the first ones."""
    values = [look.values[name] for look in looks if name in look.values]
    part = len(values) // SMOOTHED_OVER
    if part == 0:
        return None
    return max(0.0, min(values[-part:]) - min(values[:part])) * unit


def _lowest(looks: Sequence[Look], name: str) -> float | None:
    return min((look.values[name] for look in looks if name in look.values), default=None)


def _worst(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
