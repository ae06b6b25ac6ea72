"""What a request takes is back when it is over: a leak shows, whatever it hides behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from harness.measures import DEFAULT_OBJECTIVES
from harness.verification.database_access import NotKnowable, ShopDatabases
from harness.verification.levels import (
    DESCRIPTORS,
    RESIDENT,
    Look,
    SessionBook,
    Watched,
    growth,
    level_measures,
    longest_keeping_ms,
    watch,
)
from harness.verification.objectives import judge
from tests.unit.verification.conftest import Serve


def looks(*kept: tuple[float, float, float]) -> list[Look]:
    """Looks at (time, connections in use, requests in flight)."""
    return [
        Look(at_s, {"db_pool_in_use": used, "http_requests_in_flight": served})
        for at_s, used, served in kept
    ]


def row(pid: int, idle_ms: float | None = None) -> dict[str, object]:
    return {
        "pid": pid,
        "datname": "users",
        "idles": idle_ms is not None,
        "unchanged_ms": idle_ms or 0.0,
    }


def failing(seen: Sequence[Look], book: SessionBook) -> set[str]:
    measures = level_measures(Watched({"users": seen}, book))
    asked = [one for one in DEFAULT_OBJECTIVES if measures.get(one.measure) is not None]
    return {one.measure for one in judge(measures, asked) if not one.holds}


@pytest.mark.parametrize(
    ("seen", "kept_ms"),
    [
        (looks((0, 3, 3), (1, 5, 9), (2, 0, 0)), 0),
        (looks((0, 1, 0), (0.04, 0, 0), (2, 1, 0)), 0),
        (looks((0, 0, 0), (1, 2, 1), (1.3, 1, 0), (1.4, 0, 0), (2, 1, 0)), 300),
        (looks((0, 12, 1), (2, 14, 0), (4, 20, 3)), 4000),
    ],
    ids=["a busy service", "a statement of its own", "given back later", "never given back"],
)
def test_kept_for_nobody_is_what_exceeds_the_requests_at_a_stretch(
    seen: Sequence[Look], kept_ms: float
) -> None:
    assert longest_keeping_ms(seen) == pytest.approx(kept_ms)


@pytest.mark.parametrize(("jobs", "kept_ms"), [(0, 400), (1, 400), (2, 0), (3, 0)])
def test_what_a_service_does_on_its_own_is_work_under_way_as_a_request_is(
    jobs: int, kept_ms: float
) -> None:
    """A queue's worker holds a connection for each statement, time and again: no leak. One that
    forgets to give its connection back is found as soon as its job is over."""
    used = {"db_pool_in_use": 3, "http_requests_in_flight": 1, "background_jobs_in_progress": jobs}
    seen = [Look(0.05 * at, used) for at in range(9)]
    assert longest_keeping_ms(seen) == pytest.approx(kept_ms)


def test_of_a_service_that_never_answered_nothing_is_said() -> None:
    assert longest_keeping_ms([]) is None


def test_a_dip_or_a_moment_s_peak_is_no_growth_but_a_rise_is() -> None:
    def of(*values: float) -> list[Look]:
        return [Look(at, {DESCRIPTORS: value}) for at, value in enumerate(values)]

    assert growth(of(20, 22, 20, 90, 20, 21, 22, 20, 21), DESCRIPTORS) == 0
    assert growth(of(20, 22, 24, 26, 28, 30, 32, 34, 36), DESCRIPTORS) == 12
    assert growth(of(20, 22), DESCRIPTORS) is None


def test_memory_is_told_in_megabytes() -> None:
    rising = [Look(at, {RESIDENT: 1e8 + at * 1e7}) for at in range(9)]
    measures = level_measures(Watched({"users": rising}, SessionBook()))
    assert measures["memory_growth_mb"] == pytest.approx(60)


def test_sessions_that_are_replaced_again_and_again_are_counted_each() -> None:
    book = SessionBook()
    for look in range(6):
        book.enter([row(10 + look), row(20 + look)])
    assert book.ended == {"users": 10}
    assert failing([], book) == {"sessions_replaced"}


def test_a_pool_that_grows_or_is_large_replaces_nothing() -> None:
    book = SessionBook()
    for look in range(6):
        book.enter([row(pid) for pid in range(40 + 5 * look)])
    assert failing([], book) == set()


def test_a_transaction_that_somebody_forgot_is_found() -> None:
    book = SessionBook()
    book.enter([row(1, idle_ms=12)])
    assert failing([], book) == set()
    book.enter([row(1, idle_ms=1500)])
    assert failing([], book) == {"idle_transaction_ms"}


class OneServer(ShopDatabases):
    """A database server in which one session stays."""

    async def fetch_anywhere(self, query: str) -> list[Any]:
        assert "pg_stat_activity" in query
        return [row(1)]


class NoServer(ShopDatabases):
    async def fetch_anywhere(self, query: str) -> list[Any]:
        raise NotKnowable("it does not answer")


async def seen_of(serve: Serve, text: str, databases: ShopDatabases) -> Watched:
    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(text=text)

    url = await serve(metrics)
    async with aiohttp.ClientSession(url) as session:
        until = asyncio.get_running_loop().time() + 0.3
        return await watch(session, databases, {"users": f"{url}/metrics"}, [], until)


async def test_what_a_service_says_in_its_metrics_is_read(serve: Serve) -> None:
    text = (
        "# TYPE db_pool_in_use gauge\n"
        "db_pool_in_use 3.0\nhttp_requests_in_flight 1.0\nprocess_open_fds 40.0\n"
    )
    seen = await seen_of(serve, text, OneServer({}))
    assert seen.looks["users"][0].values == {
        "db_pool_in_use": 3.0,
        "http_requests_in_flight": 1.0,
        "process_open_fds": 40.0,
    }
    assert seen.looks["users"][0].kept_for_nobody == 2


async def test_a_leak_that_no_customer_notices_fails_by_its_own_objective(serve: Serve) -> None:
    leaking = await seen_of(
        serve, "db_pool_in_use 3.0\nhttp_requests_in_flight 0.0\n", OneServer({})
    )
    sound = await seen_of(serve, "db_pool_in_use 3.0\nhttp_requests_in_flight 3.0\n", OneServer({}))
    assert failing(leaking.looks["users"], leaking.sessions) == {"kept_for_nobody_ms"}
    assert failing(sound.looks["users"], sound.sessions) == set()


async def test_a_server_that_does_not_answer_leaves_its_measures_unknown(serve: Serve) -> None:
    seen = await seen_of(serve, "db_pool_in_use 0.0\n", NoServer({}))
    measures = level_measures(seen)
    assert measures["sessions_replaced"] is None
    assert measures["idle_transaction_ms"] is None
