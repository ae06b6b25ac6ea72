"""The real load process, for a few seconds, against a tiny gateway."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time

import pytest

from harness.waiting import wait_until

from .conftest import alive, open_files, title

pytestmark = pytest.mark.live

RATES = {"checkout": 6, "basket": 10, "track": 8, "history": 3, "support_desk": 4, "account": 5}
JOURNEY_OF_PATH = {
    "checkout": "checkout",
    "basket": "basket",
    "track": "track",
    "account": "account",
}
WINDOW_S = 5.0


def journey_of(arrival):
    kind = arrival.path.split("/")[2]
    if kind == "history":
        return "history" if len(arrival.query) == 1 else "support_desk"
    return JOURNEY_OF_PATH[kind]


async def first_arrivals(gateway, start_load, **environment):
    """Those of the first five seconds, and the load that goes on sending."""
    load = await start_load(**environment)

    async def enough():
        return gateway.arrivals and time.monotonic() - gateway.arrivals[0].at_s > WINDOW_S

    await wait_until(enough, timeout_s=20, what="five seconds of load")
    end_s = gateway.arrivals[0].at_s + WINDOW_S
    return load, [arrival for arrival in gateway.arrivals if arrival.at_s <= end_s]


async def test_every_journey_arrives_at_its_rate_and_well_formed(gateway, start_load):
    load, arrivals = await first_arrivals(gateway, start_load)
    for name, rate_per_s in RATES.items():
        seen = sum(journey_of(arrival) == name for arrival in arrivals)
        assert seen == pytest.approx(rate_per_s * WINDOW_S, rel=0.25), name

    parents = [arrival.headers["traceparent"] for arrival in arrivals]
    assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", parent) for parent in parents)
    assert len(set(parents)) == len(arrivals)
    assert len({arrival.headers["X-Request-ID"] for arrival in arrivals}) == len(arrivals)
    checkouts = [arrival for arrival in arrivals if journey_of(arrival) == "checkout"]
    assert len({arrival.headers["Idempotency-Key"] for arrival in checkouts}) == len(checkouts)
    assert json.loads(checkouts[0].body)["lines"]

    state = await load.state()
    assert state["users_affected"] == state["revenue_lost"] == state["support_tickets"] == 0
    ok = await load.total("user_requests_total", journey="checkout", outcome="ok")
    assert ok >= len(checkouts) * 0.9
    assert await load.total("user_request_duration_seconds_count", journey="basket") > 30
    assert title(load.process.pid) == b"load"


@pytest.mark.parametrize("gateway", ["hang"], indirect=True)
async def test_arrivals_go_on_while_nothing_is_answered(gateway, start_load):
    load, arrivals = await first_arrivals(gateway, start_load)
    assert len(arrivals) == pytest.approx(sum(RATES.values()) * WINDOW_S, rel=0.25)
    assert (await load.state())["in_flight"] >= len(arrivals)


@pytest.mark.parametrize("gateway", ["hang"], indirect=True)
async def test_patience_ends_as_a_timeout_and_frees_the_connection(gateway, start_load):
    load = await start_load(CLIENT_TIMEOUT_MS="500")
    state = await load.wait_for(
        "timeouts", lambda state: state["journeys"]["basket"]["timeout"] >= 20
    )
    assert state["in_flight"] < 60
    assert await load.total("user_requests_total", outcome="error") == 0
    assert await load.total("user_requests_total", outcome="timeout") > 0
    assert open_files(load.process.pid) < 100


@pytest.mark.parametrize("gateway", ["cut once"], indirect=True)
async def test_a_connection_that_ends_under_a_request_is_no_failure(gateway, start_load):
    load = await start_load()
    state = await load.wait_for("answers", lambda state: state["journeys"]["basket"]["ok"] >= 20)
    assert {counts["error"] for counts in state["journeys"].values()} == {0}
    keys = [a.headers["Idempotency-Key"] for a in gateway.arrivals if a.path == "/api/checkout"]
    assert len(set(keys)) < len(keys)  # the resent one is the same checkout


@pytest.mark.parametrize("gateway", ["cut always"], indirect=True)
async def test_a_gateway_that_drops_connections_is_asked_twice_and_not_stormed(gateway, start_load):
    load = await start_load()
    state = await load.wait_for("errors", lambda state: state["journeys"]["track"]["error"] >= 16)
    assert {counts["ok"] for counts in state["journeys"].values()} == {0}
    requests = {arrival.headers["X-Request-ID"] for arrival in gateway.arrivals}
    assert len(gateway.arrivals) <= 2 * len(requests)


@pytest.mark.parametrize("gateway", ["fail"], indirect=True)
async def test_failures_affect_people_lose_revenue_and_raise_tickets(gateway, start_load):
    load = await start_load(SCALE="3")
    state = await load.wait_for("a support ticket", lambda state: state["support_tickets"] >= 1)
    errors = state["journeys"]["checkout"]["error"]
    assert errors > 0
    assert state["revenue_lost"] == pytest.approx(errors * 60.0)
    assert 0 < state["users_affected"] <= 2020
    assert await load.total("support_tickets_total") >= 1
    assert await load.total("revenue_lost_total") >= state["revenue_lost"]
    assert await load.total("users_affected") >= state["users_affected"]
    assert await load.total("user_requests_total", outcome="ok") == 0


@pytest.mark.parametrize("gateway", ["mix up"], indirect=True)
async def test_an_answer_about_somebody_else_is_wrong_and_not_ok(gateway, start_load):
    load = await start_load()
    state = await load.wait_for("wrong", lambda state: state["journeys"]["history"]["wrong"] >= 3)
    journeys = state["journeys"]
    assert all(journeys[name]["ok"] == 0 < journeys[name]["wrong"] for name in ("track", "account"))
    assert all(journeys[name]["wrong"] == 0 for name in ("checkout", "basket", "support_desk"))
    assert state["users_affected"] > 0


@pytest.mark.parametrize("gateway", ["refuse"], indirect=True)
async def test_whoever_is_refused_is_told_apart_from_whom_the_shop_fails(gateway, start_load):
    load = await start_load()
    state = await load.wait_for("4xx", lambda state: state["journeys"]["basket"]["refused"] >= 3)
    assert {counts["error"] + counts["ok"] for counts in state["journeys"].values()} == {0}


@pytest.mark.parametrize("gateway", ["hang"], indirect=True)
async def test_it_stops_within_five_seconds_of_sigterm_whatever_hangs(gateway, start_load):
    load = await start_load()
    await load.wait_for("hanging requests", lambda state: state["in_flight"] > 50)
    load.process.terminate()
    begin = time.monotonic()
    stdout, stderr = await asyncio.wait_for(load.process.communicate(), timeout=5)
    assert load.process.returncode == 0
    assert time.monotonic() - begin < 5
    assert json.loads(stdout.splitlines()[-1])["in_flight"] > 50
    assert stderr == b""


@pytest.mark.parametrize("gateway", ["hang"], indirect=True)
async def test_it_stops_within_five_seconds_of_its_parents_death(gateway, start_load):
    load = await start_load()
    load.process.kill()
    await load.process.wait()
    starter = (
        "import subprocess, sys, time\n"
        "print(subprocess.Popen([sys.executable, '-m', 'loadgen.main']).pid, flush=True)\n"
        "time.sleep(60)"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", starter, env=load.environment, stdout=asyncio.subprocess.PIPE
    )
    pid = int(await parent.stdout.readline())
    try:
        await load.wait_for("hanging requests", lambda state: state["in_flight"] > 50)
        assert alive(pid)  # as long as its parent is
        parent.kill()
        await parent.wait()

        async def gone():
            return not alive(pid)

        await wait_until(gone, timeout_s=5, what="the orphan to stop")
    finally:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
        if parent.returncode is None:
            parent.kill()
            await parent.wait()


async def test_a_taken_metrics_port_ends_it_with_three(start_load):
    load = await start_load()
    second = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "loadgen.main",
        env=load.environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, stderr = await asyncio.wait_for(second.communicate(), timeout=15)
    assert second.returncode == 3
    assert b"in use" in stderr
    assert b"Traceback" not in stderr


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"LOAD_PROFILE": "stedy"}, b"known: mailing, news, night, sale, steady, surge"),
        ({"CATALOGUE_FILE": "nowhere.json"}, b"nowhere.json"),
        ({"SCALE": "0"}, b"scale"),
        ({"GATEWAY_URL": "ftp://x"}, b"gateway_url"),
    ],
)
async def test_a_load_that_cannot_be_says_why_and_exits_two(tmp_path, environment, says):
    catalogue = tmp_path / "catalogue.json"
    catalogue.write_text('{"skus": ["A"], "user_ids": [1, 2], "order_ids": ["1"]}')
    good = {
        "GATEWAY_URL": "http://127.0.0.1:9",
        "CATALOGUE_FILE": str(catalogue),
        "METRICS_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "loadgen.main",
        env=good | environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, stderr = await asyncio.wait_for(process.communicate(), timeout=15)
    assert process.returncode == 2
    assert says in stderr
    assert b"Traceback" not in stderr
