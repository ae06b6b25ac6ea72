"""The responder's process cannot see the answer; without its fence it could."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.paths import REPO

CATALOGUE = REPO / "faults"
ANSWER = CATALOGUE / "deadlock" / "fault.toml"
ATTEMPTS = {
    "open": f"open({str(ANSWER)!r}).read()",
    "path": f"pathlib.Path({str(ANSWER)!r}).read_text()",
    "low level": f"os.open({str(ANSWER)!r}, os.O_RDONLY)",
    "relative": f"os.chdir({str(REPO)!r}); open('faults/deadlock/fault.toml')",
    "listing": f"os.listdir({str(CATALOGUE)!r})",
    "walking": f"next(os.scandir({str(CATALOGUE)!r}))",
    "another process": f"subprocess.run(['cat', {str(ANSWER)!r}], check=True)",
    "a shell": f"assert os.system('cat {ANSWER}') == 0",
    "a child": "os._exit(0) if os.fork() == 0 else os.wait()",
    "a link": f"open(shortcut({str(ANSWER)!r}))",
    "the host's arguments": "open(f'/proc/{os.getppid()}/cmdline').read()",
}
UNAUDITED = {
    "native code": f"assert libc.open({str(ANSWER)!r}.encode(), 0) >= 0",
    "a process of native code": f"assert libc.system({f'cat {ANSWER}'!r}.encode()) == 0",
}
"""What Python's audit does not see, by a library that was loaded before."""
PREPARED = """
import os, pathlib, subprocess, sys, tempfile
def shortcut(target):
    folder = pathlib.Path(os.environ["FOLDER"])
    os.symlink(target, folder / "x")
    return folder / "x"
from harness.responder import fence
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PREPARED + code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPO), "FOLDER": str(folder)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_nothing_leads_to_the_answer(attempt: str, tmp_path: Path) -> None:
    done = run(f"fence.close_fence()\n{attempt}", tmp_path)
    assert done.returncode == 1
    assert "Fenced: the responder may not" in done.stderr


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_it_is_the_fence_that_keeps_it_away(attempt: str, tmp_path: Path) -> None:
    """The negative control: the same attempts without it."""
    done = run(attempt, tmp_path)
    assert done.returncode == 0, done.stderr


def has_landlock(tmp_path: Path) -> bool:
    return run("raise SystemExit(0 if fence.close_fence() else 3)", tmp_path).returncode == 0


@pytest.mark.parametrize("attempt", UNAUDITED.values(), ids=UNAUDITED.keys())
def test_the_kernel_refuses_what_the_audit_does_not_see(attempt: str, tmp_path: Path) -> None:
    if not has_landlock(tmp_path):
        pytest.skip("this kernel has no Landlock")
    loaded = "import ctypes; libc = ctypes.CDLL(None); libc.open, libc.system"
    done = run(f"{loaded}\nfence.close_fence()\n{attempt}", tmp_path)
    assert done.returncode == 1
    assert "AssertionError" in done.stderr
    no_kernel = "fence.read_only_below = lambda paths: False"
    control = run(f"{loaded}\n{no_kernel}\nfence.close_fence()\n{attempt}", tmp_path)
    assert control.returncode == 0, control.stderr


def test_nobody_beyond_this_machine_is_spoken_to(tmp_path: Path) -> None:
    code = "fence.close_fence()\nimport socket\nsocket.socket().connect(('192.0.2.1', 9))"
    assert "may not speak to" in run(code, tmp_path).stderr


def test_the_token_and_what_code_needs_can_be_read(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("t")
    code = (
        f"token = pathlib.Path({str(token)!r})\nfence.close_fence([token])\n"
        "assert token.read_text() == 't'\nimport harness.responder.play, wave"
    )
    done = run(code, tmp_path)
    assert done.returncode == 0, done.stderr


def responder(token_file: Path | str, *before: str) -> subprocess.CompletedProcess[str]:
    """The process as it is started; it finds nobody at its address."""
    module = "harness.responder"
    arguments = ["--url", "http://127.0.0.1:1", "--token-file", str(token_file)]
    start = (
        f"import runpy, sys; sys.argv[1:] = {arguments!r}\n"
        f"runpy.run_module({module!r}, {{}}, '__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", "\n".join([*before, start])],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPO)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_process_closes_the_fence_before_it_reads_anything() -> None:
    done = responder(ANSWER)
    assert done.returncode == 1
    assert f"the responder may not read {ANSWER}" in done.stdout


def test_without_the_fence_the_process_would_read_the_answer() -> None:
    """The negative control: it comes as far as asking a host that is not there."""
    opened = "import harness.responder.fence as f; f.close_fence = lambda also=(): None"
    done = responder(ANSWER, opened)
    assert "may not read" not in done.stdout
    assert done.returncode != 0


def test_a_token_is_read_and_a_host_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("t\n")
    done = responder(token)
    assert done.returncode == 3
    assert "the drill does not answer" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_token_file_that_is_missing_is_a_usage_error(tmp_path: Path) -> None:
    done = responder(tmp_path / "none")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
