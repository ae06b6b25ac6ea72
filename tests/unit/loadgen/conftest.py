"""A tiny gateway, and the real load process against it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from harness.host.load_process import load_spec
from harness.waiting import wait_until

PROFILE = """
[rates_per_s]
checkout = 6
basket = 10
track = 8
history = 3
support_desk = 4
account = 5

[[stage]]
multiplier = 1
"""


@dataclass(frozen=True)
class Arrival:
    """A request as the gateway saw it."""

    at_s: float
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """Answers everything as `answer` says, and remembers what came."""

    answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
    arrivals: list[Arrival] = field(default_factory=list)
    port: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.arrivals.append(
            Arrival(
                time.monotonic(),
                request.method,
                request.path,
                tuple(request.query.items()),
                dict(request.headers),
                await request.read(),
            )
        )
        return await self.answer(request)


async def sell(request: web.Request) -> web.Response:
    """About whom or what was asked: an order that the path names, else the one that is new."""
    last, users = request.path.rsplit("/", 1)[1], request.query.getall("user_id", [])
    order_id = last if "/track/" in request.path or "/summary/" in request.path else "order-77"
    return web.json_response(
        {
            "order_id": order_id,
            "total": "25.00",
            "id": last,
            "users": [{"user_id": user, "profile": {"id": user}} for user in users],
        }
    )


async def mix_up(request: web.Request) -> web.Response:
    """Always the same customer's, and nobody's order."""
    if request.path == "/api/checkout":
        return await sell(request)
    user = {"user_id": "0", "profile": {"id": "0"}}
    return web.json_response({"order_id": "none", "id": "0", "users": [user]})


async def refuse(_: web.Request) -> web.Response:
    return web.json_response({"title": "Too many requests"}, status=429)


async def hang(_: web.Request) -> web.Response:
    await asyncio.sleep(3600)
    return web.Response()


async def fail(_: web.Request) -> web.Response:
    return web.json_response({"title": "Bad Gateway"}, status=502)


class Cutter:
    """Ends connections without an answer: always, or only when a request first comes."""

    def __init__(self, *, always: bool) -> None:
        self.always = always
        self.seen: set[str] = set()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        request_id = request.headers["X-Request-ID"]
        if self.always or request_id not in self.seen:
            self.seen.add(request_id)
            assert request.transport is not None
            request.transport.close()
        return await sell(request)


ANSWERS = {
    "sell": lambda: sell,
    "mix up": lambda: mix_up,
    "refuse": lambda: refuse,
    "hang": lambda: hang,
    "fail": lambda: fail,
    "cut once": lambda: Cutter(always=False),
    "cut always": lambda: Cutter(always=True),
}


@pytest.fixture
async def gateway(request: pytest.FixtureRequest) -> AsyncIterator[Gateway]:
    """Parametrise indirectly with the name of an answer; `sell` unless told."""
    served = Gateway(ANSWERS[getattr(request, "param", "sell")]())
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.port = site.port
    yield served
    await runner.cleanup()


class RunningLoad:
    """The real process and its metrics."""

    def __init__(
        self, process: asyncio.subprocess.Process, environment: dict[str, str], metrics_port: int
    ) -> None:
        self.process = process
        self.environment = environment
        self.url = f"http://127.0.0.1:{metrics_port}"

    async def get(self, path: str) -> str:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as response:
            response.raise_for_status()
            return await response.text()

    async def state(self) -> dict:
        return json.loads(await self.get("/state"))

    async def total(self, metric: str, **labels: str) -> float:
        """Sum of the metric's samples that carry these labels."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(await self.get("/metrics"))
            for sample in family.samples
            if sample.name == metric and labels.items() <= sample.labels.items()
        )

    async def wait_for(self, what: str, holds: Callable[[dict], bool]) -> dict:
        async def check() -> dict | None:
            with contextlib.suppress(aiohttp.ClientConnectorError):  # not serving yet
                state = await self.state()
                return state if holds(state) else None
            return None

        return await wait_until(check, timeout_s=20, what=what)


StartLoad = Callable[..., Awaitable[RunningLoad]]


@pytest.fixture
async def start_load(tmp_path: Path, gateway: Gateway) -> AsyncIterator[StartLoad]:
    """`await start_load(**environment)` runs the load against the gateway until the test ends."""
    started: list[asyncio.subprocess.Process] = []
    profile = tmp_path / "test.toml"
    profile.write_text(PROFILE)
    (tmp_path / "catalogue.json").write_text(
        json.dumps(
            {
                "skus": [f"SKU-{n}" for n in range(50)],
                "user_ids": [1, 2000],
                "order_ids": ["old-1", "old-2"],
            }
        )
    )

    async def start(**environment: str) -> RunningLoad:
        port = a_free_port()
        spec = load_spec(tmp_path, port_offset=0, profile="steady", scale=1, seed=5)
        variables = {
            **spec.env,
            "LOAD_PROFILE": str(profile),
            "GATEWAY_URL": f"http://127.0.0.1:{gateway.port}",
            "METRICS_PORT": str(port),
            **environment,
        }
        process = await asyncio.create_subprocess_exec(
            *spec.argv,
            env=variables,
            cwd=spec.cwd,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        load = RunningLoad(process, variables, port)

        async def ready() -> bool:
            with contextlib.suppress(aiohttp.ClientError):
                return bool(await load.get("/healthz"))
            return False

        await wait_until(ready, timeout_s=15, what="the load to serve its metrics")
        return load

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def title(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0")


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def alive(pid: int) -> bool:
    """False for a zombie too, which nobody may have reaped yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
