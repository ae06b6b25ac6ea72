"""`locust -f loadgen/locustfile.py`, as whoever wants Locust's own page types it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from harness.paths import REPO
from harness.waiting import wait_until
from tests.unit.loadgen.conftest import PROFILE, Gateway, a_free_port, sell

pytestmark = pytest.mark.live

LOCUST = str(Path(sys.executable).parent / "locust")
FILE = str(REPO / "loadgen" / "locustfile.py")
JOURNEYS = {"checkout", "basket", "track", "history", "support_desk", "account"}
SKUS = {"MUG-01", "PAN-02"}
Process = asyncio.subprocess.Process
StartLocust = Callable[..., Awaitable[Process]]


async def shop(request: web.Request) -> web.StreamResponse:
    """A shop with a past."""
    if request.path != "/api/history":
        return await sell(request)
    lines = [{"sku": sku} for sku in sorted(SKUS)]
    users = [
        {"user_id": int(one), "orders": [{"order_id": int(one) + 7000, "lines": lines}]}
        for one in request.query.getall("user_id")
    ]
    return web.json_response({"users": users})


@pytest.fixture
async def start_locust(gateway: Gateway, tmp_path: Path) -> AsyncIterator[StartLocust]:
    """`await start_locust(*options, **environment)`; what is left of it ends with the test."""
    started: list[Process] = []
    profile = tmp_path / "mine.toml"
    profile.write_text(PROFILE)

    async def start(*options: str, cwd: Path = REPO, **environment: str) -> Process:
        known = {
            "PATH": os.environ["PATH"],
            "GATEWAY_URL": f"http://127.0.0.1:{gateway.port}",
            "LOAD_PROFILE": str(profile),
        }
        process = await asyncio.create_subprocess_exec(
            *(LOCUST, "-f", FILE, *options),
            env=known | environment,
            cwd=cwd,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def test_it_sends_every_journey_of_the_profile_to_the_host_that_the_environment_names(
    gateway: Gateway, start_locust: StartLocust, tmp_path: Path
) -> None:
    gateway.answer = shop
    process = await start_locust("--headless", "-t", "4s", "--json", cwd=tmp_path)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    sent = {one["name"]: one["num_requests"] for one in json.loads(out)}
    assert set(sent) == JOURNEYS
    assert min(sent.values()) > 0
    orders = [one for one in gateway.arrivals if one.path == "/api/checkout"]
    asked = {line["sku"] for one in orders for line in json.loads(one.body)["lines"]}
    assert asked
    assert asked <= SKUS, "they are products that the shop has"
    tracked = [one.path for one in gateway.arrivals if one.path.startswith("/api/track/7")]
    assert tracked, "and orders of its past"


async def test_locusts_own_page_starts_it_and_shows_what_was_sent(
    gateway: Gateway, start_locust: StartLocust
) -> None:
    gateway.answer = shop
    port = a_free_port()
    await start_locust("--web-host", "127.0.0.1", "--web-port", str(port))
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as page:

        async def shown() -> str | None:
            with contextlib.suppress(aiohttp.ClientError):
                async with page.get("/") as answer:
                    return await answer.text() if answer.status == 200 else None
            return None

        assert "Locust" in await wait_until(shown, timeout_s=30, what="Locust's page")
        async with page.post("/swarm", data={}) as answer:
            assert (await answer.json())["success"] is True

        async def sending() -> bool:
            async with page.get("/stats/requests") as answer:
                stats = (await answer.json())["stats"]
            return {one["name"] for one in stats if one["num_requests"]} >= JOURNEYS

        await wait_until(sending, timeout_s=30, what="requests of every journey")


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"LOAD_PROFILE": "stedy"}, "stedy"),
        ({"GATEWAY_URL": "http://127.0.0.1:9"}, "http://127.0.0.1:9: no histories to begin with"),
        ({"GATEWAY_URL": "127.0.0.1:9"}, "gateway_url"),
        ({"CATALOGUE_FILE": "/nowhere.json"}, "/nowhere.json"),
    ],
)
async def test_what_it_cannot_begin_with_is_told_without_a_traceback(
    start_locust: StartLocust, environment: dict[str, str], says: str
) -> None:
    process = await start_locust("--headless", "-t", "1s", **environment)
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert says in err.decode()
    assert "Traceback" not in err.decode()


@pytest.mark.parametrize("users", [[], [{"orders": []}], None])
async def test_a_shop_without_a_past_is_told(
    gateway: Gateway, start_locust: StartLocust, users: object
) -> None:
    async def new_shop(_: web.Request) -> web.Response:
        return web.json_response({"users": users})

    gateway.answer = new_shop
    process = await start_locust("--headless", "-t", "1s")
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert "no histories to begin with" in err.decode()
    assert "Traceback" not in err.decode()
