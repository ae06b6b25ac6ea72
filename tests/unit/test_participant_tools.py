"""What the README says participants look into the shop with is there, and works on a process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.paths import REPO

PY_SPY = Path(sys.executable).parent / "py-spy"
WAITING = """
import ctypes, sys

def waiting_for_a_connection():
    print("ready", flush=True)
    sys.stdin.read()

# Where only ancestors may look into a process (kernel.yama.ptrace_scope), all may into this one.
ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
waiting_for_a_connection()
"""


@pytest.fixture
def waiting() -> Iterator[int]:
    """A process that waits in a function of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process.pid
        process.kill()


def test_py_spy_is_installed_and_shows_what_a_process_does(waiting: int) -> None:
    done = subprocess.run(
        [PY_SPY, "dump", "--pid", str(waiting)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "waiting_for_a_connection" in done.stdout


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_whoever_sets_a_drill_up_gets_it(lock: str) -> None:
    assert "\npy-spy==" in (REPO / lock).read_text()
