"""A killed process takes what it had started beside a stack with it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness import ends_with_parent
from harness.ends_with_parent import bound
from harness.limits import KILL_S
from harness.paths import REPO
from harness.players import responder_player
from harness.runtime.procfs import ProcessId, identify, kill
from harness.waiting import WaitedTooLong, wait_until_sync

SLEEP = ("sleep", "600")
STARTS = """
import subprocess, sys
from harness.ends_with_parent import bound
argv = sys.argv[2:]
child = subprocess.Popen(bound(argv) if sys.argv[1] == "bound" else argv)
print(child.pid, flush=True)
child.wait()
"""
PLAYS = """
import asyncio, sys
from pathlib import Path
from harness.matrix import row_stack
row_stack.say = lambda text: print(text.split()[-1], flush=True)
folder = Path(sys.argv[1])
worker = "tests.unit.matrix.endless_worker"
stack = row_stack.Stack("healthy", 1, "local", "reference", folder, worker=worker)
asyncio.run(stack._play(21_700, folder, folder / "answer.json"))
"""


@contextmanager
def parent_of(code: str, *words: str) -> Iterator[tuple[subprocess.Popen[str], ProcessId]]:
    """A process that starts another and says its pid; both are gone afterwards."""
    argv = [sys.executable, "-c", code, *words]
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = identify(int(parent.stdout.readline()))
        assert child
        try:
            yield parent, child
        finally:
            parent.kill()
            kill(child)


def has_ended(process: ProcessId) -> bool:
    try:
        return wait_until_sync(lambda: not process.alive, timeout_s=KILL_S, what="its end")
    except WaitedTooLong:
        return False


@pytest.mark.parametrize("how", ["bound", "unbound"])
def test_a_program_ends_with_its_killed_parent_where_it_is_bound(how: str) -> None:
    with parent_of(STARTS, how, *SLEEP) as (parent, child):
        assert child.alive
        parent.kill()
        parent.wait()
        assert has_ended(child) == (how == "bound")


def test_a_program_is_itself_with_the_pid_of_what_was_started() -> None:
    with subprocess.Popen(bound(SLEEP)) as process:
        cmdline = Path(f"/proc/{process.pid}/cmdline")
        wait_until_sync(
            lambda: cmdline.read_bytes() == b"sleep\x00600\x00", timeout_s=10, what="the program"
        )
        process.kill()


def test_a_program_whose_parent_has_ended_meanwhile_is_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[Sequence[str]] = []
    monkeypatch.setattr(os, "execvpe", lambda _, argv, _env: begun.append(argv))
    monkeypatch.setattr(ends_with_parent.ctypes, "CDLL", lambda _: NoLibc())
    ends_with_parent.become(os.getppid() + 1, [*SLEEP])
    assert begun == []
    ends_with_parent.become(os.getppid(), [*SLEEP])
    assert begun == [[*SLEEP]]


class NoLibc:
    def prctl(self, *_: int) -> int:
        return 0


def test_a_row_of_the_matrix_ends_with_a_killed_matrix(tmp_path: Path) -> None:
    """Its stack would have gone on for minutes."""
    with parent_of(PLAYS, str(tmp_path)) as (matrix, worker):
        assert worker.alive
        matrix.kill()
        matrix.wait()
        assert has_ended(worker)


def test_the_responder_is_bound_to_its_host() -> None:
    argv = responder_player.command("http://127.0.0.1:1")
    assert argv[: len(bound([]))] == bound([])


async def test_an_event_loop_may_start_it_and_stop_it() -> None:
    process = await asyncio.create_subprocess_exec(*bound(SLEEP))
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == -signal.SIGTERM
