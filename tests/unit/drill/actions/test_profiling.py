"""A service looked into by py-spy, here at a process of our own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.child_env import program_env
from harness.drill.actions import profiling
from harness.drill.session import Session
from harness.errors import DrillError, EnvironmentMissing, UnknownName
from harness.model import ProcessInfo

BUSY = """
def count_forever():
    at = 0
    while True:
        at += 1
print("ready", flush=True)
count_forever()
"""


@pytest.fixture
def busy(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A process that is known as the one of payments."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY], stdout=subprocess.PIPE, env=program_env()
    )
    assert process.stdout is not None
    # The fake of the use cases has no processes of its own.
    assert process.stdout.readline() == b"ready\n"
    known = (ProcessInfo("payments", process.pid, alive=True),)
    monkeypatch.setattr(session.services.runtime, "processes", lambda: known, raising=False)
    yield process.pid
    process.kill()
    process.wait()
    process.stdout.close()


async def taken(session: Session, form: profiling.Form, service: str = "payments") -> str:
    said: list[str] = []
    found = await profiling.profile(
        session, service, form=form, seconds=1, waiting=False, progress=said.append
    )
    assert said
    return found.content


async def test_the_stack_of_every_thread_is_told(session: Session, busy: int) -> None:
    content = await taken(session, "stacks")
    assert f"Process {busy}" in content
    assert "count_forever" in content


async def test_a_flame_graph_is_an_svg_of_what_ran(session: Session, busy: int) -> None:
    content = await taken(session, "flamegraph")
    assert "<svg" in content
    assert "count_forever" in content


async def test_speedscope_has_json_of_it(session: Session, busy: int) -> None:
    found = json.loads(await taken(session, "speedscope"))
    assert "speedscope" in found["$schema"]
    assert any("count_forever" in frame["name"] for frame in found["shared"]["frames"])


async def test_one_profile_is_taken_at_a_time(session: Session, busy: int) -> None:
    first = asyncio.create_task(taken(session, "flamegraph"))
    await asyncio.sleep(0)
    with pytest.raises(DrillError, match="another profile"):
        await taken(session, "stacks")
    assert "<svg" in await first


async def test_what_cannot_be_looked_into_is_said(session: Session, busy: int) -> None:
    with pytest.raises(UnknownName, match="paymnts"):
        await taken(session, "stacks", "paymnts")
    with pytest.raises(EnvironmentMissing, match="no process now"):
        await taken(session, "stacks", "orders")


async def test_a_container_is_looked_into_where_its_number_is_one_of_this_kernel(
    session: Session, busy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = Session(replace(session.spec, runtime="compose"), session.services, session.run)
    # The process is no container, as the number of an engine in a virtual machine would be none.
    with pytest.raises(EnvironmentMissing, match="engine that is not on this machine"):
        await taken(inside, "stacks")
    monkeypatch.setattr(profiling, "is_container_here", lambda _: True)
    assert "count_forever" in await taken(inside, "stacks")


@pytest.mark.parametrize(
    ("status", "is_one"),
    [
        ("Name:\tpython\nNSpid:\t15896\t1\n", True),
        ("Name:\tpython\nNSpid:\t15896\t7\n", False),
        ("Name:\tpython\nNSpid:\t15896\n", False),
        ("Name:\tpython\n", False),
    ],
)
def test_the_first_process_of_a_container_is_known_by_its_numbers(
    tmp_path: Path, status: str, is_one: bool
) -> None:
    (tmp_path / "15896").mkdir()
    (tmp_path / "15896" / "status").write_text(status)
    assert profiling.is_container_here(15896, tmp_path) is is_one
    assert not profiling.is_container_here(15897, tmp_path)
