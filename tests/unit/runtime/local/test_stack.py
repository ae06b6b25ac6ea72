"""A stack whose guardian ended says so, once, and says nothing of what ended with it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from harness.model import StackPlan
from harness.runtime.base import ExitAction, ProcessExit
from harness.runtime.local.process import Command
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.local.stack import Stack
from harness.runtime.local.supervise import Containment, Guardian, best_containment

CONTAINED: list[Containment] = ["subreaper"]
if best_containment() == "namespace":
    CONTAINED.append("namespace")
POSTGRES = ProcessExit("postgres", 7, -9, ExitAction.NONE)


def plan_of(run_dir: Path) -> StackPlan:
    (run_dir / "logs").mkdir(parents=True)
    return StackPlan(
        drill_id="d-test",
        run_dir=run_dir,
        port_offset=0,
        capacity_units=1,
        topology=(),
        releases={},
        service_env={},
        sidecars=(),
    )


async def killed(stack: Stack) -> None:
    pid = stack.guardian.info().pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    await asyncio.wait_for(stack.guardian.lost.wait(), 10)


@pytest.mark.parametrize("is_killed", [True, False])
async def test_the_guardians_own_end_is_told_also_where_the_stack_comes_down_at_once(
    tmp_path: Path, is_killed: bool
) -> None:
    told: list[ProcessExit] = []
    plan = plan_of(tmp_path / "runs" / "d-test")
    stack = Stack(plan, await Guardian.start(plan.run_dir), told.append)
    if is_killed:
        await killed(stack)
    await stack.end()
    assert [one.name for one in told] == (["guardian"] if is_killed else [])
    assert all(one.exit_code != 0 and one.ends_all for one in told)


async def test_what_the_guardian_took_with_it_is_not_told_as_an_end_of_its_own(
    tmp_path: Path,
) -> None:
    told: list[ProcessExit] = []
    plan = plan_of(tmp_path / "runs" / "d-test")
    stack = Stack(plan, await Guardian.start(plan.run_dir), told.append)
    stack._tell(POSTGRES)
    assert told == [POSTGRES], "while the guardian lives, it is one"
    await killed(stack)
    stack._tell(POSTGRES)
    await stack.end()
    assert [one.name for one in told] == ["postgres", "guardian"]


@pytest.mark.parametrize("containment", CONTAINED)
async def test_a_guardian_that_ends_of_what_holds_it_takes_all_with_it_without_a_word(
    tmp_path: Path, containment: Containment
) -> None:
    told: list[ProcessExit] = []
    plan = plan_of(tmp_path / "runs" / "d-test")
    stack = Stack(plan, await Guardian.start(plan.run_dir, containment), told.append)
    log = plan.run_dir / "logs" / "x.jsonl"
    child = await stack.guardian.spawn(Command("x", ("sleep", "60"), plan.run_dir, log))
    watch = stack._keep(stack._watch_child(child, ExitAction.NONE))
    os.kill(stack.guardian._process.pid, signal.SIGKILL)
    await asyncio.wait_for(watch, 10)
    await stack.end()
    assert [one.name for one in told] == ["guardian"]


async def test_the_end_of_a_part_is_waited_for_where_what_comes_of_it_is_noticed_first() -> None:
    runtime = LocalRuntime()
    asking = asyncio.create_task(runtime.collapse())
    await asyncio.sleep(0)
    runtime._tell(ProcessExit("c", 8, -9, ExitAction.RESTART, version="1.3.2"))
    runtime._tell(ProcessExit("grafana", None, 1, ExitAction.GO_ON))
    runtime._tell(POSTGRES)
    runtime._tell(ProcessExit("prometheus", 9, 1, ExitAction.NONE))
    assert await asking == "postgres", "the first that the drill cannot do without"


async def test_where_nothing_ended_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.limits.EXIT_TOLD_S", 0.01)
    runtime = LocalRuntime()
    runtime._tell(ProcessExit("c", 8, -9, ExitAction.RESTART, version="1.3.2"))
    assert await runtime.collapse() == ""
