"""How a drill comes to its end: the first reason stands, and a lost part ends it."""

from __future__ import annotations

import asyncio

from harness.drill.run_state import RunState


async def failing() -> None:
    raise ValueError("no such release")


async def test_the_first_reason_stands() -> None:
    run = RunState()
    run.end("played to its end")
    run.halt("asked")
    assert (run.over_reason, run.over.is_set(), run.halted) == ("played to its end", True, True)


async def test_a_part_that_fails_ends_the_drill_with_its_error() -> None:
    run = RunState()
    run.keep(asyncio.create_task(failing()))
    await asyncio.wait_for(run.over.wait(), 5)
    assert isinstance(run.failure, ValueError)
    assert run.over_reason == "a part of the drill failed: no such release"
    assert run.tasks == set()


async def test_the_first_error_stands() -> None:
    run = RunState()
    run.fail(KeyError("first"), "first")
    run.fail(ValueError("second"), "second")
    assert isinstance(run.failure, KeyError)
    assert run.over_reason == "first"


async def test_a_part_that_is_cancelled_ends_nothing() -> None:
    run = RunState()
    task = asyncio.create_task(asyncio.Event().wait())
    run.keep(task)  # type: ignore[arg-type]  # what it gives is not looked at
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not run.over.is_set()
