"""What happens to a service's users when its release changes, breaks or dies."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from harness import limits
from harness.errors import DeployFailed
from harness.runtime.base import ExitAction, ProcessExit, Runtime
from harness.waiting import wait_until
from tests.contract.escape import ANSWER, ONCE_IT_SERVES, escaping
from tests.contract.kits import Kit
from tests.contract.shop_fixture import (
    Shop,
    get,
    pid_of,
    serving,
    silent,
    until_serving,
    until_told,
)

pytestmark = pytest.mark.live


@pytest.mark.parametrize("keep_alive", [True, False])
async def test_a_deploy_loses_no_request(shop: Shop, runtime: Runtime, keep_alive: bool) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    connections = httpx.Limits(max_keepalive_connections=8 if keep_alive else 0)
    seen: list[str] = []
    stop = asyncio.Event()

    async def customer(client: httpx.AsyncClient, path: str) -> None:
        while not stop.is_set():
            response = await client.get(shop.url + path)
            seen.append(response.raise_for_status().json()["version"])

    async with (
        httpx.AsyncClient(trust_env=False, limits=connections) as client,
        asyncio.TaskGroup() as group,
    ):
        for path in ("/", "/", "/", "/slow", "/slow"):
            group.create_task(customer(client, path))
        for version in ("1.0.1", "1.0.2", "1.0.3"):
            await runtime.deploy("x", shop.release(version), silent)
        stop.set()
    assert len(seen) > 100
    assert set(seen) == {"1.0.0", "1.0.1", "1.0.2", "1.0.3"}
    assert seen[-1] == "1.0.3"


async def test_a_restart_serves_the_same_release_from_a_fresh_process(
    shop: Shop, runtime: Runtime
) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    before = pid_of(runtime, "x")
    await runtime.restart("x", silent)
    assert await serving(shop) == "1.0.0"
    assert pid_of(runtime, "x") != before


async def test_what_a_release_forked_answers_nobody_after_its_rollback(
    shop: Shop, runtime: Runtime
) -> None:
    good = shop.release("1.0.0")
    await runtime.up(shop.plan(good), silent)
    bad = shop.release("1.0.1", prelude=escaping(ANSWER), startup=ONCE_IT_SERVES)
    await runtime.deploy("x", bad, silent)
    await until_serving(shop, "escaped")
    await runtime.deploy("x", good, silent)
    assert {await serving(shop) for _ in range(60)} == {"1.0.0"}


async def test_a_stuck_request_delays_a_deploy_by_no_more_than_its_bound(
    shop: Shop, runtime: Runtime
) -> None:
    stuck = """
    @app.get("/stuck")
    def stuck():
        import time
        print("stuck")
        time.sleep(60)
    """
    plan = shop.plan(shop.release("1.0.0", extra=stuck))
    await runtime.up(plan, silent)
    log = plan.run_dir / "logs" / "x.jsonl"

    async def is_stuck() -> bool:
        return "stuck" in log.read_text()

    async with httpx.AsyncClient(trust_env=False) as client:
        request = asyncio.create_task(client.get(f"{shop.url}/stuck", timeout=60))
        await wait_until(is_stuck, timeout_s=5, what="the request to be stuck")
        bound_s = limits.SERVICE_READY_S + limits.SERVICE_DRAIN_S + limits.KILL_S
        await asyncio.wait_for(runtime.deploy("x", shop.release("1.0.1"), silent), bound_s)
        assert await serving(shop) == "1.0.1"
        assert (await request).is_server_error


BROKEN = (
    ({"prelude": "import no_such_module"}, r'app\.py", line \d+.*\n.*\n.*no_such_module'),
    ({"prelude": "def ("}, "SyntaxError"),
    ({"startup": "raise ValueError('no such pool')"}, "no such pool"),
    ({"prelude": "print('bye'); os._exit(9)"}, r"exit code 9\nlast log lines:\nbye"),
    ({"prelude": "raise SystemExit('misconfigured')"}, "misconfigured"),
    ({"prelude": "bytearray(8 << 30)"}, "MemoryError"),
)


async def test_a_release_that_does_not_start_leaves_the_old_one_serving(
    shop: Shop, runtime: Runtime
) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    for number, (broken, said) in enumerate(BROKEN, 1):
        with pytest.raises(DeployFailed, match=said) as failure:
            await runtime.deploy("x", shop.release(f"1.0.{number}", **broken), silent)  # type: ignore[arg-type]
        assert "site-packages" not in str(failure.value)
        assert "1.0.0 is still serving" in failure.value.hint
        assert await serving(shop) == "1.0.0"


async def test_a_release_that_never_gets_ready_leaves_the_old_one_serving(
    kit: Kit, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SERVICE_READY_S", kit.short_s)
    plan = shop.plan(shop.release("1.0.0"))
    await runtime.up(plan, silent)
    before = await kit.left_of(plan)
    with pytest.raises(DeployFailed, match="answered 503"):
        await runtime.deploy("x", shop.release("1.0.1", ready_status=503), silent)
    with pytest.raises(DeployFailed, match=f"not serving within {kit.short_s:g} s"):
        await runtime.deploy("x", shop.release("1.0.2", prelude="while True: pass"), silent)
    assert await serving(shop) == "1.0.0"
    assert await kit.left_of(plan) == before


async def test_a_release_that_dies_right_after_its_deploy_is_rolled_back(
    shop: Shop, runtime: Runtime
) -> None:
    told: list[ProcessExit] = []
    serving_then: list[object] = []
    runtime.on_exit(told.append)
    runtime.on_exit(lambda _: serving_then.append(runtime.running()))
    old = shop.release("1.0.0")
    await runtime.up(shop.plan(old), silent)
    dying = "asyncio.get_running_loop().call_later(0.5, os._exit, 4)"
    await runtime.deploy("x", shop.release("1.0.1", startup=dying), silent)
    ended = await until_told(told)
    assert (ended.action, ended.exit_code) == (ExitAction.ROLLBACK, 4)
    assert (ended.version, ended.next_version) == ("1.0.1", "1.0.0")
    assert serving_then == [{"x": old}], "it is told once it is true"
    await until_serving(shop, "1.0.0")
    assert runtime.running() == {"x": old}


async def test_a_service_that_dies_is_started_again(shop: Shop, runtime: Runtime) -> None:
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    with pytest.raises(httpx.TransportError):
        await httpx.AsyncClient(trust_env=False).post(f"{shop.url}/die")
    ended = await until_told(told)
    assert (ended.name, ended.action, ended.exit_code) == ("x", ExitAction.RESTART, 3)
    await until_serving(shop, "1.0.0")


async def test_a_service_that_keeps_dying_is_given_up_and_refuses_connections(
    kit: Kit, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RESTART_BACKOFF_S", (0.0,))
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    dying = "asyncio.get_running_loop().call_later(0.3, os._exit, 4)"
    await runtime.up(shop.plan(shop.release("1.0.0", startup=dying)), silent)

    async def given_up() -> bool:
        return told[-1:] != [] and told[-1].action is ExitAction.GIVE_UP

    await wait_until(given_up, timeout_s=kit.patience_s, what="the runtime to give up")
    assert len(told) == limits.RESTARTS_MAX + 1
    with pytest.raises(httpx.TransportError):
        await get(shop)
    assert runtime.running() == {}
    assert runtime.deployed()["x"].version == "1.0.0", "what to go back from is still known"
    await runtime.deploy("x", shop.release("1.0.1"), silent)
    assert await serving(shop) == "1.0.1"
