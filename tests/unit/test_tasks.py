"""Background tasks end, also those that do not hear it the first time."""

from __future__ import annotations

import asyncio

import pytest

from harness import tasks
from harness.tasks import end_all, together


async def deaf_once(heard: list[str]) -> None:
    """Takes the first cancellation for a failure of what it waits for, and goes on."""
    for name in ("first", "second"):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append(name)
            if name == "second":
                raise


async def begun(heard: list[str]) -> asyncio.Task[None]:
    task = asyncio.create_task(deaf_once(heard))
    await asyncio.sleep(0)
    return task


async def test_whoever_swallows_a_cancellation_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "ASK_AGAIN_S", 0.01)
    heard: list[str] = []
    task = await begun(heard)
    await end_all([task])
    assert task.cancelled()
    assert heard == ["first", "second"]


async def test_asked_once_it_goes_on() -> None:
    """The negative control."""
    heard: list[str] = []
    task = await begun(heard)
    task.cancel()
    _, left = await asyncio.wait([task], timeout=0.1)
    assert left == {task}
    await end_all([task])


async def test_what_a_task_raises_at_its_end_is_its_own() -> None:
    async def fails() -> None:
        raise ValueError

    async def fails_when_cancelled() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError

    found = [asyncio.create_task(fails()), asyncio.create_task(fails_when_cancelled())]
    await asyncio.sleep(0)
    await end_all(found)
    assert [type(one.exception()) for one in found] == [ValueError, ValueError]


async def test_of_nothing_nothing_is_waited_for() -> None:
    await end_all([])


async def test_of_several_things_at_once_the_first_failure_is_raised_and_ends_the_others() -> None:
    ended: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("other")

    async def fails() -> None:
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        await together(waits(), fails())
    assert ended == ["other"]
