"""One load from several processes: the same arrivals, and one set of books."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from harness.waiting import wait_until
from loadgen.ledger import Ledger
from loadgen.reports import Reports, book
from loadgen.visit import Visit

from .conftest import alive
from .test_main import RATES, WINDOW_S, first_arrivals, journey_of

pytestmark = pytest.mark.live


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


async def test_every_journey_arrives_at_its_rate_whoever_sends_it(gateway, start_load):
    load, arrivals = await first_arrivals(gateway, start_load, LOAD_WORKERS="2")
    assert len(children(load.process.pid)) == 2
    for name, rate_per_s in RATES.items():
        seen = sum(journey_of(arrival) == name for arrival in arrivals)
        assert seen == pytest.approx(rate_per_s * WINDOW_S, rel=0.25), name

    state = await load.wait_for("books, and every journey once", lambda state: (
        state["journeys"]["checkout"]["ok"] > 20
        and all(state["journeys"][name]["ok"] for name in RATES)
    ))  # fmt: skip
    assert state["users_affected"] == state["revenue_lost"] == 0
    assert await load.total("user_request_duration_seconds_count", journey="basket") > 30
    placed = [a.path for a in gateway.arrivals if a.path.startswith("/api/track/")]
    assert any("old-" not in path for path in placed), "orders of one worker are known to the other"


@pytest.mark.parametrize("gateway", ["fail"], indirect=True)
async def test_harm_to_people_is_told_over_all_workers(gateway, start_load):
    load = await start_load(SCALE="3", LOAD_WORKERS="3")
    state = await load.wait_for("a support ticket", lambda state: state["support_tickets"] >= 1)
    errors = state["journeys"]["checkout"]["error"]
    assert state["revenue_lost"] == pytest.approx(errors * 60.0)
    assert 0 < state["users_affected"] <= 2020


async def test_a_load_that_has_lost_a_worker_ends_and_says_so(gateway, start_load):
    load = await start_load(LOAD_WORKERS="2")
    await load.wait_for("load", lambda state: state["journeys"]["basket"]["ok"] > 5)
    lost, other = children(load.process.pid)
    os.kill(lost, signal.SIGKILL)
    _, stderr = await asyncio.wait_for(load.process.communicate(), timeout=10)
    assert load.process.returncode == 1
    assert b"load: a worker of the load ended (exit -9)" in stderr
    assert not alive(other)


async def test_workers_end_with_their_master(gateway, start_load):
    load = await start_load(LOAD_WORKERS="2")
    await load.wait_for("load", lambda state: state["journeys"]["basket"]["ok"] > 5)
    workers = children(load.process.pid)
    load.process.kill()

    async def gone() -> bool:
        return not any(alive(pid) for pid in workers)

    await wait_until(gone, timeout_s=5, what="the workers to stop")


def test_a_report_is_booked_once_as_if_it_had_happened_here():
    reports, here, there = Reports(), Ledger(), Ledger()
    for number in range(4):
        visit = Visit(f"user-{number % 2}", "GET", "/", at_stake=5.0)
        for one in (reports, here):
            one.began()
            if number:
                one.ended(visit, "checkout", "error", 0.2, None)
    reports.learnt("checkout", {"order_id": "o-1", "total": "5.00", "lines": []})
    taken = reports.take()
    assert taken["learnt"] == [("checkout", {"order_id": "o-1", "total": "5.00"})]
    book(there, taken)
    book(there, reports.take())
    known = ("in_flight", "users_affected", "revenue_lost", "support_tickets", "journeys")
    assert {name: there.state()[name] for name in known} == {
        name: here.state()[name] for name in known
    }
