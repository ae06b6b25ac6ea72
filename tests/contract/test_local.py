"""What the local runtime promises beyond the contract."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from pathlib import Path

import httpx
import pytest

from harness import ports
from harness.model import ProcessSpec
from harness.runtime.base import ExitAction, ProcessExit, Runtime
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.local.sidecars import Sidecars
from harness.runtime.local.supervise import Containment, Guardian, best_containment
from harness.runtime.port_check import listen
from harness.runtime.procfs import identify
from harness.runtime.programs.external import ensure
from harness.runtime.programs.pager_choice import choose_pager
from harness.runtime.ready import ReadyProbe
from harness.telemetry.alertmanager import alertmanager_spec
from harness.tokens import TokenBook
from harness.waiting import wait_until
from tests.contract.shop_fixture import Shop, get, pid_of, silent

pytestmark = pytest.mark.live


@pytest.fixture
def kit_name() -> str:
    return "local"


def test_it_is_a_runtime_that_relies_on_honour() -> None:
    made: Runtime = LocalRuntime()
    assert made.mode == "honour"


async def test_its_processes_are_few_and_named(shop: Shop, runtime: Runtime) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    assert [info.name for info in runtime.processes()] == ["guardian", "shopd", "x"]
    title = Path(f"/proc/{pid_of(runtime, 'shopd')}/cmdline").read_bytes().rstrip(b"\0")
    assert title == b"shopd"


async def test_two_stacks_at_once_prepare_the_same_databases_only_once(tmp_path: Path) -> None:
    said: list[str] = []
    created = "CREATE TABLE things (id int)"
    stacks = []
    for number in range(2):
        shop = Shop(tmp_path / str(number), first_offset=12_000 + 5_000 * number)
        plan = shop.plan(shop.release("1.0.0", migrations=(created,)), database=True)
        stacks.append((LocalRuntime(), plan))
    try:
        await asyncio.gather(*(runtime.up(plan, said.append) for runtime, plan in stacks))
        assert sum(line.startswith("preparing databases") for line in said) == 1
        urls = {runtime.database_url("x") for runtime, _ in stacks}
        assert len(urls) == 2
    finally:
        await asyncio.gather(*(runtime.down() for runtime, _ in stacks))


async def test_the_shop_survives_the_death_of_its_zygote(shop: Shop, runtime: Runtime) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    before = await get(shop)
    os.kill(pid_of(runtime, "shopd"), 9)

    async def fresh() -> bool:
        try:
            return (await get(shop))["pid"] != before["pid"]
        except httpx.TransportError:
            return False

    await wait_until(fresh, timeout_s=20, what="a fresh process to serve")


def without(shop: Shop, *argv: str) -> ProcessSpec:
    """Something beside the shop that a drill can do without."""
    log = shop.folder / "extra.log"
    url = f"http://127.0.0.1:{8443 + shop.offset}/"
    return ProcessSpec("extra", argv, {}, shop.folder, log, url, may_be_missing=True)


async def test_what_a_drill_can_do_without_and_does_not_start_is_told_as_ended(
    shop: Shop, runtime: Runtime
) -> None:
    said: list[str] = []
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    plan = shop.plan(shop.release("1.0.0"))
    spec = without(shop, "sh", "-c", "exit 3")
    await runtime.up(dataclasses.replace(plan, sidecars=(spec,)), said.append)
    assert (await get(shop))["version"] == "1.0.0"
    assert [line for line in said if line.startswith("extra disabled: ")]
    assert [(one.name, one.exit_code, one.action) for one in told] == [
        ("extra", 3, ExitAction.GO_ON)
    ]


@pytest.mark.parametrize(
    ("may_be_missing", "action"), [(True, ExitAction.GO_ON), (False, ExitAction.NONE)]
)
async def test_an_alertmanager_that_is_killed_is_told_and_its_port_is_free(
    shop: Shop, runtime: Runtime, may_be_missing: bool, action: ExitAction
) -> None:
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    plan = shop.plan(shop.release("1.0.0"))
    port = ports.ALERTMANAGER + shop.offset
    spec = dataclasses.replace(real_alertmanager(shop, port), may_be_missing=may_be_missing)
    await runtime.up(dataclasses.replace(plan, sidecars=(spec,)), silent)
    os.kill(pid_of(runtime, "alertmanager"), 9)

    async def known() -> bool:
        return bool(told)

    await wait_until(known, timeout_s=10, what="its end to be told")
    assert [(one.name, one.exit_code, one.action) for one in told] == [("alertmanager", -9, action)]
    listen(port).close()


@pytest.mark.parametrize("containment", ["namespace", "subreaper"])
async def test_an_alertmanager_ends_with_its_guardian(
    shop: Shop, containment: Containment, tmp_path: Path
) -> None:
    """Its namespaces are no way out."""
    if containment == "namespace" and best_containment() != containment:
        pytest.skip("this machine forbids namespaces")
    (tmp_path / "logs").mkdir(exist_ok=True)
    guardian = await Guardian.start(tmp_path, containment)
    port = ports.ALERTMANAGER + shop.offset
    spec = real_alertmanager(shop, port)
    probe = ReadyProbe()
    sidecars = Sidecars(guardian, probe, lambda _: None)
    try:
        running = await sidecars.start(spec)
        alertmanager, first = identify(running.pid or 0), identify(guardian.info().pid or 0)
        assert alertmanager is not None
        assert first is not None
        os.kill(first.pid, 9)

        async def gone() -> bool:
            return identify(alertmanager.pid) != alertmanager

        await wait_until(gone, timeout_s=10, what="Alertmanager to end")
    finally:
        await sidecars.close()
        await probe.close()
        await guardian.close()


def real_alertmanager(shop: Shop, port: int) -> ProcessSpec:
    """As a drill runs it, where one can be had."""
    ensure("alertmanager")
    pager = choose_pager()
    if not pager.command:
        pytest.skip(pager.why)
    tokens = TokenBook.create(shop.folder / "secrets")
    url = "http://127.0.0.1:9/webhook/alertmanager"
    return alertmanager_spec(pager, shop.folder, port=port, pager_url=url, tokens=tokens)
