"""A process says where its processor time goes: not where it waits, and of every thread."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from harness.child_env import program_env
from harness.model import BuiltRelease
from harness.paths import REPO
from harness.runtime.channel import Channel
from harness.runtime.release_process import Launcher, ReleaseProcess, Work
from harness.runtime.shopd.cpu_samples import BEGINS, read_samples

PROGRAM = """
import asyncio, os, sys, threading, time
from harness.runtime.shopd.cpu_samples import write_samples

def work():
    until = time.thread_time() + 0.3
    while time.thread_time() < until:
        pass

def later():
    work()

def idle():
    time.sleep(600)

async def main():
    threading.Thread(target=idle, daemon=True).start()
    file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
    write_samples(file, 0.01, float(sys.argv[2]))
    await asyncio.to_thread(work)
    later()

asyncio.run(main())
"""


def samples(file: Path, for_s: float) -> Counter[str]:
    """How often each of the program's functions was found in a stack."""
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file), str(for_s)],
        check=True,
        cwd=REPO,
        env=program_env(),
        timeout=60,
    )
    return Counter(re.findall(r'  File "<string>", line \d+ in (\S+)', file.read_text()))


def test_samples_are_of_processor_time_and_of_the_thread_that_takes_it(tmp_path: Path) -> None:
    found = samples(tmp_path / "samples", for_s=600)
    assert found["later"] > 3
    assert found["work"] > found["later"] + 3, "on the other thread, too"
    assert "idle" not in found, "who sleeps takes no processor time"


def test_after_its_time_nothing_more_is_written(tmp_path: Path) -> None:
    assert samples(tmp_path / "samples", for_s=0)["later"] == 0


class Deaf:
    """A channel to a process that is told nothing."""

    async def send(self, message: object, fds: Sequence[int] = ()) -> None:
        raise AssertionError("nothing is to be sent")


async def test_what_lies_at_the_path_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "samples").write_text("mine")
    work = Work(BuiltRelease("x", "1", "c", tmp_path), "x:y", {}, tmp_path / "log")
    process = ReleaseProcess(cast(Launcher, None), "x#1", work, cast(Channel, Deaf()))
    with pytest.raises(FileExistsError):
        await process.sample(tmp_path / "samples", 0.01, 600)
    assert (tmp_path / "samples").read_text() == "mine"


def test_what_was_written_is_read_with_the_outermost_frame_first(tmp_path: Path) -> None:
    samples(tmp_path / "samples", for_s=600)
    stacks = list(read_samples((tmp_path / "samples").read_text()))
    on_the_thread = [stack for stack in stacks if "/concurrent/futures/thread.py" in str(stack)]
    assert on_the_thread[0][0].endswith("/threading.py")
    assert on_the_thread[0][-1] == "<string>"


def test_a_stack_without_frames_is_one() -> None:
    assert list(read_samples(f"{BEGINS}  <no Python frame>\n{BEGINS}")) == [[], []]
    assert list(read_samples("")) == []
