"""What takes more than its share of the processor is done by one stack at a time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from harness import turns
from harness.turns import Turns
from harness.waiting import wait_until

HOLDER = """
import asyncio, sys
from pathlib import Path
from harness.turns import Turns

async def hold():
    async with Turns(Path(sys.argv[1])).turn():
        print("mine", flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "turns"
    path.touch()
    return path


class Witness:
    """How many have the turn at once, at most."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def work(self, turns: Turns) -> None:
        async with turns.turn():
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.01)
            self.now -= 1


async def test_those_that_know_the_same_file_have_it_one_after_the_other(file: Path) -> None:
    witness = Witness()
    await asyncio.gather(*(witness.work(Turns(file)) for _ in range(4)))
    assert witness.most == 1


async def test_those_that_know_none_have_it_together() -> None:
    witness = Witness()
    await asyncio.gather(*(witness.work(Turns()) for _ in range(4)))
    assert witness.most == 4


async def test_the_turn_of_whoever_is_killed_is_the_next_ones(file: Path) -> None:
    holder = subprocess.Popen(  # noqa: ASYNC220  it is waited for below
        [sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "mine\n"
    waiting = asyncio.create_task(Witness().work(Turns(file)))
    await asyncio.sleep(3 * turns.LOOK_EVERY_S)
    assert not waiting.done()
    holder.kill()
    holder.wait()
    holder.stdout.close()

    async def done() -> bool:
        return waiting.done()

    await wait_until(done, timeout_s=5, what="the turn of who was killed")


async def test_whoever_waits_for_one_that_is_stuck_goes_on_beside_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TURN_TIMEOUT_S", 0.2)
    async with Turns(file).turn():
        await asyncio.wait_for(Witness().work(Turns(file)), timeout=5)
