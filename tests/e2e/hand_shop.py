"""The real shop, started by hand on its own Postgres: no runtime, no load, no telemetry."""

from __future__ import annotations

import importlib
import os
import secrets
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
from psycopg import sql

from harness.paths import REPO
from harness.thirdparty.spec import ThirdPartiesPlan, plan_third_parties
from harness.verification.access import ShopAccess
from harness.waiting import wait_until_sync
from services.chassis.testing_postgres import PostgresServer, running_postgres

READY_S = 40.0
END_S = 8.0
ONCALL = "oncall"


class HandShop:
    """All services of one checkout; each can be replaced by that of a damaged one."""

    def __init__(self, folder: Path, port_offset: int, postgres: PostgresServer) -> None:
        self._folder = folder
        topology = tomllib.loads((REPO / "services" / "topology.toml").read_text())["service"]
        self._ports = {row["name"]: row["port"] + port_offset for row in topology}
        self._databases = {
            row["name"]: _seeded(row["name"], postgres) for row in topology if row.get("database")
        }
        self._oncall = _make_oncall(postgres, self._databases)
        self.third_parties: ThirdPartiesPlan = plan_third_parties(
            folder, port_offset=port_offset, profile="normal", seed=5
        )
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def access(self) -> ShopAccess:
        """What the oracle is given."""
        return ShopAccess(
            self._url("gateway"),
            {name: f"{self._url(name)}/metrics" for name in self._ports},
            self._oncall,
        )

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        (self._folder / "secrets").mkdir()
        spec = self.third_parties.process
        self._processes[spec.name] = subprocess.Popen(
            spec.argv, env={**os.environ, **spec.env}, cwd=spec.cwd
        )
        for name in self._ports:
            self._spawn(name, REPO)
        for name in self._ports:
            self._await_ready(name)

    def replace(self, name: str, checkout: Path) -> None:
        """Run `name` from another checkout."""
        self._end(name)
        self._spawn(name, checkout)
        self._await_ready(name)

    def damaged(self, file: str, old: str, new: str) -> Path:
        """A checkout in which `old` in `file` (below services/) is `new`."""
        checkout = self._folder / secrets.token_hex(4)
        unwanted = shutil.ignore_patterns("__pycache__", "tests")
        shutil.copytree(REPO / "services", checkout / "services", ignore=unwanted)
        path = checkout / "services" / file
        healthy = path.read_text()
        assert healthy.count(old) == 1, f"{file} no longer says {old!r} once"
        path.write_text(healthy.replace(old, new))
        return checkout

    def end(self) -> None:
        """End every process that was started."""
        for name in list(self._processes):
            self._end(name)

    def _url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    def _spawn(self, name: str, checkout: Path) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "SERVICE_NAME": name,
            "PORT": str(self._ports[name]),
            "LOG_LEVEL": "ERROR",
            "DATABASE_URL": self._databases.get(name, ""),
            **{f"{peer.upper()}_URL": self._url(peer) for peer in self._ports},
            **self.third_parties.service_env,
        }
        argv = [
            sys.executable, "-m", "uvicorn", f"services.{name}.app:create_app", "--factory",
            "--port", str(self._ports[name]), "--no-access-log", "--log-level", "error",
            "--timeout-keep-alive", "75",
        ]  # fmt: skip
        with (self._folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                argv, env=environment, cwd=checkout, stdout=log, stderr=log
            )

    def _await_ready(self, name: str) -> None:
        def ready() -> bool | None:
            if self._processes[name].poll() is not None:
                raise AssertionError((self._folder / f"{name}.log").read_text()[-2000:])
            try:
                return httpx.get(f"{self._url(name)}/readyz").status_code == 200 or None
            except httpx.HTTPError:
                return None

        wait_until_sync(ready, timeout_s=READY_S, what=name)

    def _end(self, name: str) -> None:
        process = self._processes.pop(name)
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def hand_shop(folder: Path, port_offset: int) -> Iterator[HandShop]:
    """The healthy shop, ready; everything is gone at the end of the block."""
    with running_postgres() as postgres:
        shop = HandShop(folder, port_offset, postgres)
        try:
            shop.start()
            yield shop
        finally:
            shop.end()


def _seeded(service: str, postgres: PostgresServer) -> str:
    url = postgres.fresh_database(service)
    importlib.import_module(f"services.{service}.seed").seed(url)
    return url


def _make_oncall(postgres: PostgresServer, databases: dict[str, str]) -> dict[str, str]:
    """Make the role that may only read; its addresses by service."""
    password = secrets.token_hex(16)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(ONCALL), sql.Literal(password)
            )
        )
        for role in ("pg_read_all_data", "pg_monitor"):
            connection.execute(
                sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(ONCALL))
            )
    start = f"postgresql://{ONCALL}:{password}@127.0.0.1:{postgres.port}"
    return {name: f"{start}/{url.rsplit('/', 1)[1]}" for name, url in databases.items()}
