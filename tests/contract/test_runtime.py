"""What every runtime promises, tried on each of them."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest

from harness import limits
from harness.drill.actions.profiling import is_container_here, look_into
from harness.errors import DeployFailed, PortTaken, StackFailed, UnknownName
from harness.model import ProcessSpec
from harness.runtime.base import ExitAction, ProcessExit, Runtime
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.procfs import identify, links_of, port_is_free
from harness.waiting import wait_until_sync
from tests.contract.kits import Kit
from tests.contract.shop_fixture import Shop, get, serving, silent, until_told

pytestmark = pytest.mark.live
HOST = Path(__file__).with_name("runtime_host.py")


async def test_a_stack_comes_up_and_leaves_nothing_behind(shop: Shop, runtime: Runtime) -> None:
    release = shop.release("1.0.0")
    await runtime.up(shop.plan(release), silent)
    assert await serving(shop) == "1.0.0"
    assert runtime.running() == {"x": release}
    found = [identify(info.pid) for info in runtime.processes() if info.pid]
    assert len(found) == len(runtime.processes()) >= 2
    assert all(found)
    await runtime.down()
    assert not [process for process in found if process and process.alive]
    assert port_is_free(8000 + shop.offset)
    await runtime.down()


async def test_a_service_is_looked_into_while_it_runs(shop: Shop, runtime: Runtime) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    (pid,) = [info.pid for info in runtime.processes() if info.name == "x"]
    assert pid
    assert is_container_here(pid) or isinstance(runtime, LocalRuntime)
    stacks = await look_into(pid, form="stacks", seconds=0, waiting=False)
    assert "child.py" in stacks


async def test_a_service_gets_its_environment_checkout_and_log_and_nothing_else(
    kit: Kit, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "1")
    release = shop.release("1.0.0")
    plan = shop.plan(release)
    await runtime.up(plan, silent)
    answer = await get(shop, "/environment")
    assert answer["cwd"] == kit.checkout(release)
    given = answer["given"]
    assert isinstance(given, dict)
    assert set(given) == {
        *("PATH", "LANG", "HOST", "PORT", "SERVICE_NAME", "SERVICE_VERSION", "SERVICE_COMMIT"),
        *("ENVIRONMENT", "CAPACITY_UNITS", "X_URL", "WAREHOUSE_URL"),
    }
    assert given["X_URL"] == kit.inside_url(shop)
    assert "service started 1.0.0" in (plan.run_dir / "logs" / "x.jsonl").read_text()


async def test_processes_of_the_shop_give_nothing_away(shop: Shop, runtime: Runtime) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    titles = {}
    for info in runtime.processes():
        folder = Path(f"/proc/{info.pid}")
        titles[info.name] = (folder / "cmdline").read_bytes().rstrip(b"\0").decode()
        environ = (folder / "environ").read_bytes().decode()
        assert "harness" not in f"{titles[info.name]} {environ} {links_of(info.pid or 0, ('cwd',))}"
    assert titles["x"] == "x 1.0.0"


async def test_a_stopped_service_refuses_connections_until_it_is_deployed(
    shop: Shop, runtime: Runtime
) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    await runtime.stop("x")
    with pytest.raises(httpx.TransportError):
        await get(shop)
    await runtime.restart("x", silent)
    assert await serving(shop) == "1.0.0"


async def test_a_taken_port_is_named_with_its_holder_and_nothing_is_started(
    shop: Shop, runtime: Runtime
) -> None:
    plan = shop.plan(shop.release("1.0.0"))
    port = 8000 + shop.offset
    taken = rf"port {port} is taken by process {os.getpid()} \(.*pytest"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTaken, match=taken):
        await runtime.up(plan, silent)
    assert not (plan.run_dir / "logs").exists()


async def test_a_stack_that_does_not_come_up_names_the_part_and_leaves_nothing(
    kit: Kit, shop: Shop, runtime: Runtime
) -> None:
    plan = shop.plan(shop.release("1.0.0", startup="raise ValueError('no such pool')"))
    with pytest.raises(StackFailed, match=r"x 1\.0\.0 .*(\n.*)*no such pool"):
        await runtime.up(plan, silent)
    assert runtime.processes() == ()
    assert await kit.left_of(plan) == []


async def test_a_sidecar_is_ready_before_the_services_and_named_when_it_is_not(
    kit: Kit, shop: Shop, runtime: Runtime
) -> None:
    plan = shop.plan(shop.release("1.0.0"))
    spec = ProcessSpec(
        name="recorder",
        argv=(kit.python, "-c", "print('no disk'); raise SystemExit(1)"),
        env={},
        cwd=plan.run_dir,
        log_path=plan.run_dir / "logs" / "recorder.jsonl",
        ready_url=f"http://127.0.0.1:{8443 + shop.offset}/ready",
    )
    with pytest.raises(StackFailed, match=r"recorder: it ended(.*\n)*no disk"):
        await runtime.up(replace(plan, sidecars=(spec,)), silent)


async def test_a_process_that_ends_unasked_is_told_and_one_that_is_stopped_is_not(
    shop: Shop, runtime: Runtime
) -> None:
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    plan = shop.plan(shop.release("1.0.0"))
    await runtime.up(plan, silent)
    log = plan.run_dir / "logs" / "load.jsonl"
    load = ProcessSpec("load", ("sleep", "60"), {}, plan.run_dir, log)
    other = replace(load, name="other", argv=("sh", "-c", "exit 5"))
    assert (await runtime.spawn(load)).alive
    await runtime.stop("load")
    await runtime.spawn(other)
    ended = await until_told(told)
    assert (ended.name, ended.exit_code, ended.action) == ("other", 5, ExitAction.NONE)
    with pytest.raises(UnknownName, match="no process 'lode'"):
        await runtime.stop("lode")


async def test_databases_are_migrated_seeded_and_open_for_reading_only(
    shop: Shop, runtime: Runtime
) -> None:
    first = "CREATE TABLE things (id int PRIMARY KEY)"
    plan = shop.plan(shop.release("1.0.0", migrations=(first,)), database=True)
    await runtime.up(plan, silent)
    url = runtime.database_url("x")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as oncall:
        counted = await (await oncall.execute("SELECT count(*) FROM things")).fetchone()
        assert counted == (2,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await oncall.execute("DELETE FROM things")

    second = "ALTER TABLE things ADD COLUMN name text"
    await runtime.deploy("x", shop.release("1.1.0", migrations=(first, second)[1:]), silent)
    owner = runtime.database_url("x", role="owner")
    async with await psycopg.AsyncConnection.connect(owner) as connection:
        await connection.execute("SELECT name FROM things")
    with pytest.raises(DeployFailed, match="syntax error"):
        await runtime.deploy("x", shop.release("1.2.0", migrations=("NOT SQL",)), silent)
    assert await serving(shop) == "1.1.0"
    with pytest.raises(UnknownName):
        runtime.database_url("y")


def test_a_killed_host_leaves_nothing_once_the_next_one_starts(kit: Kit, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    host = subprocess.Popen(
        [sys.executable, str(HOST), str(tmp_path), kit.name],
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    wait_until_sync((tmp_path / "up").exists, timeout_s=60, what="the host to bring its shop up")
    port = 8000 + int((tmp_path / "up").read_text())
    plan = Shop(tmp_path).bare_plan()
    assert asyncio.run(kit.left_of(plan))
    assert kit.reap(tmp_path) == (), "a host that lives is left alone"
    assert not port_is_free(port)
    host.kill()
    host.wait()
    kit.reap(tmp_path)
    wait_until_sync(
        lambda: asyncio.run(kit.left_of(plan)) == [] and port_is_free(port),
        timeout_s=limits.KILL_S,
        what="everything to be gone",
    )
    assert kit.reap(tmp_path) == ()
