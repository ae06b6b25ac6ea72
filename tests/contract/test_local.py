"""What the local runtime promises beyond the contract."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx
import pytest

from harness.runtime.base import Runtime
from harness.runtime.local.runtime import LocalRuntime
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
