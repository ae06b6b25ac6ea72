"""A service run the plain way, one uvicorn of its own: what the runtime is compared with."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from harness.child_env import program_env
from harness.ends_with_parent import bound
from harness.waiting import wait_until

CONCURRENCY = 8
PRESS_S = 2.0
START_TIMEOUT_S = 30.0
USERS = "services.users.app:create_app"


@dataclass
class PlainService:
    """The users service as `uvicorn services.users.app:create_app --factory` runs it."""

    url: str
    pid: int
    started_in_s: float
    rates: list[float] = field(default_factory=list)
    """Requests a second in each round of pressing."""

    @property
    def median_rate(self) -> float:
        """The middle one of the rounds."""
        return sorted(self.rates)[len(self.rates) // 2]

    async def press(self) -> int:
        """Ask for profiles as fast as it answers, for a short while; how many it served."""
        count = 0
        until = time.monotonic() + PRESS_S

        async def one(http: aiohttp.ClientSession, user: int) -> None:
            nonlocal count
            while time.monotonic() < until:
                async with http.get(f"{self.url}/users/{user}") as answer:
                    await answer.read()
                    count += answer.status == 200

        async with aiohttp.ClientSession() as http:
            await asyncio.gather(*(one(http, user) for user in range(1, CONCURRENCY + 1)))
        self.rates.append(count / PRESS_S)
        return count


@asynccontextmanager
async def serving(
    checkout: Path, database_url: str, otlp_url: str | None, *, app: str = USERS
) -> AsyncIterator[PlainService]:
    """Run the service from `checkout`, or another that answers its paths, while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **program_env(),
        "SERVICE_NAME": "users",
        "PORT": str(port),
        "DATABASE_URL": database_url,
        "LOG_LEVEL": "WARNING",
    }
    if otlp_url is not None:
        env |= {"OTEL_EXPORTER_OTLP_ENDPOINT": otlp_url, "OTEL_TRACES_SAMPLER_ARG": "1.0"}
    began = time.monotonic()
    argv = (
        *(sys.executable, "-m", "uvicorn", app, "--factory", "--no-access-log"),
        *("--loop", "uvloop", "--http", "httptools", "--port", str(port)),
    )
    process = await asyncio.create_subprocess_exec(
        *bound(argv),
        cwd=checkout,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as http:
            await wait_until(
                lambda: _answers(http, f"{url}/readyz"),
                timeout_s=START_TIMEOUT_S,
                what="a plain service",
                interval_s=0.02,
            )
        yield PlainService(url, process.pid, time.monotonic() - began)
    finally:
        process.terminate()
        await process.wait()


async def _answers(http: aiohttp.ClientSession, url: str) -> bool | None:
    try:
        async with http.get(url) as answer:
            return answer.status == 200 or None
    except aiohttp.ClientError:
        return None
