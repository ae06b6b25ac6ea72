"""A shop of one or two tiny services, for testing what runs it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import httpx

from harness.model import BuiltRelease, ServiceEntry, StackPlan
from harness.runtime.base import ProcessExit, Runtime
from harness.runtime.procfs import ProcessId, identify, links_of, pids
from harness.waiting import wait_until

APP = """
import asyncio
import os
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse

{prelude}

@asynccontextmanager
async def lifespan(app):
    print("service started", os.environ["SERVICE_VERSION"])
    {startup}
    yield


def create_app():
    app = FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def readyz():
        return JSONResponse({{}}, {ready_status})

    @app.get("/")
    async def root():
        return {{"version": os.environ["SERVICE_VERSION"], "pid": os.getpid()}}

    @app.get("/environment")
    async def environment():
        return {{"given": dict(os.environ), "cwd": os.getcwd()}}

    @app.get("/slow")
    async def slow():
        await asyncio.sleep(0.4)
        return {{"version": os.environ["SERVICE_VERSION"]}}

    @app.post("/die")
    async def die():
        os._exit(3)

    {extra}
    return app
"""

MIGRATE = """
import psycopg


def upgrade(service, url):
    from pathlib import Path

    with psycopg.connect(url, autocommit=True) as connection:
        for path in sorted(Path(f"services/{service}/migrations/versions").glob("*.py")):
            connection.execute(path.read_text())
"""

SEED = """
import psycopg


def seed(url):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO things VALUES (1), (2)")
"""


class Shop:
    """Writes releases of the service `x` below a folder, and plans a stack of it."""

    def __init__(self, folder: Path, *, first_offset: int = 12_000) -> None:
        self.folder = folder
        self.offset = free_offset(first_offset, 8000, 5432)
        self.url = f"http://127.0.0.1:{8000 + self.offset}"

    def release(
        self,
        version: str,
        *,
        prelude: str = "",
        startup: str = "pass",
        ready_status: int = 200,
        extra: str = "",
        migrations: tuple[str, ...] = (),
    ) -> BuiltRelease:
        """A release whose application does what the given lines of code say."""
        path = self.folder / "releases" / version
        own = path / "services" / "x"
        own.mkdir(parents=True)
        text = APP.format(prelude=prelude, startup=startup, ready_status=ready_status, extra=extra)
        (own / "app.py").write_text(text)
        if migrations:
            (own / "migrations" / "versions").mkdir(parents=True)
            for number, statement in enumerate(migrations):
                file = own / "migrations" / "versions" / f"{number:04}.py"
                file.write_text(statement)
            (own / "seed.py").write_text(SEED)
            (path / "services" / "chassis").mkdir()
            (path / "services" / "chassis" / "migrate.py").write_text(MIGRATE)
        return BuiltRelease("x", version, f"commit-{version}", path)

    def bare_plan(self) -> StackPlan:
        """A stack of nothing, in the same place as all others of this folder."""
        run_dir = self.folder / "runs" / "d-0001"
        return StackPlan("d-0001", run_dir, self.offset, 1, (), {}, {})

    def plan(self, release: BuiltRelease, *, database: bool = False) -> StackPlan:
        """A stack of that one release."""
        run_dir = self.folder / "runs" / "d-0001"
        run_dir.mkdir(parents=True, exist_ok=True)
        entry = ServiceEntry("x", 8000, release.version, "x" if database else None, ())
        given = {"WAREHOUSE_URL": "http://127.0.0.1:1"}
        return StackPlan("d-0001", run_dir, self.offset, 1, (entry,), {"x": release}, given)


def free_offset(first: int, *bases: int) -> int:
    """An offset, from `first` on, at which all these ports are free. Workers of a parallel run have
    each their own: two would find the same one free before either has taken it."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for offset in range(first + 37 * mine, first + 5_000, 37 * workers):
        if all(_free(base + offset) for base in bases):
            return offset
    raise AssertionError("no free ports")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def silent(_line: str) -> None:
    """A progress callback that nobody reads."""


async def get(shop: Shop, path: str = "/") -> dict[str, object]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer: dict[str, object] = (await client.get(shop.url + path)).json()
        return answer


def pid_of(runtime: Runtime, name: str) -> int:
    """The process of that name, as this machine sees it."""
    found = next(info.pid for info in runtime.processes() if info.name == name)
    assert found
    return found


async def serving(shop: Shop) -> object:
    return (await get(shop))["version"]


async def until_told(told: list[ProcessExit]) -> ProcessExit:
    async def first() -> ProcessExit | None:
        return told[0] if told else None

    return await wait_until(first, timeout_s=10, what="an exit to be told")


async def until_serving(shop: Shop, version: str) -> None:
    async def there() -> bool:
        try:
            return await serving(shop) == version
        except httpx.TransportError:
            return False

    await wait_until(there, timeout_s=15, what=f"{version} to serve")


def writers_to(run_dir: Path) -> list[ProcessId]:
    """Processes that log into a run's directory."""
    prefix = f"{run_dir.resolve()}/"
    found = [
        identify(pid)
        for pid in pids()
        if any(path.startswith(prefix) for path in links_of(pid, ("fd/1", "fd/2")))
    ]
    return [process for process in found if process]
