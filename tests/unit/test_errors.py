"""What the kernel refuses is told from mistakes of ours."""

from __future__ import annotations

import errno
import os

import pytest

from harness.errors import MachineRefused, refused_by_machine


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/x/record.db"),
            "/x/record.db: No space left on device",
            "make room",
        ),
        (OSError(errno.EMFILE, "Too many open files"), "the system refused: Too many", "ulimit -n"),
        (
            BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)),
            "the system refused: Resource temporarily",
            "ulimit -u",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x: Permission", "DRILL_HOME"),
        (MemoryError(), "the system refused: Cannot allocate memory", "too little memory"),
        (RuntimeError("can't start new thread"), "can't start new thread", "ulimit -u"),
    ],
)
def test_a_refusal_says_what_and_what_to_do(error: Exception, message: str, hint: str) -> None:
    found = refused_by_machine(error)
    assert isinstance(found, MachineRefused)
    assert message in found.message
    assert hint in found.hint
    assert found.exit_code == 3


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        KeyError("x"),
        RuntimeError("a mistake"),
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
    ],
)
def test_a_mistake_is_no_refusal(error: Exception) -> None:
    assert refused_by_machine(error) is None
