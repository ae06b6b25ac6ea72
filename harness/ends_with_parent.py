"""A program that ends with the process that starts it, however that ends: killed, too.

For what the host, the matrix and the bench run beside a stack; a stack's own processes have their
guardian. It is started by way of this file, which binds itself to its parent and becomes it: the
process, and so its pid, is the same. The kernel asks it to end (SIGTERM) when the thread that
started it has ended: start it from one that lasts, as an event loop's does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def bound(argv: Sequence[str]) -> list[str]:
    """The command that runs `argv` so that it ends with this process."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *argv]


def become(parent: int, argv: list[str]) -> None:
    """Be bound to `parent`, then be `argv`; nothing where the parent has ended already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        os.execvpe(argv[0], argv, os.environ)  # noqa: S606  its own, as it was given


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
