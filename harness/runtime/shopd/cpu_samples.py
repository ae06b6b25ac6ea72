"""Where this process spends its processor time: the stack of whatever runs, for each so much of it.

The timer counts the processor time of all threads, and its signal goes to the thread that runs
just then. Its handler writes the stack at once, in C: neither who waits for a processor nor what
holds no interpreter lock is counted wrongly, and nobody outside has to stop us to look.
"""

from __future__ import annotations

import asyncio
import atexit
import faulthandler
import re
import signal
from collections.abc import Iterator

BEGINS = "Stack (most recent call first):\n"
_FRAME = re.compile(r'^  File "(.*)", line [\d?]+ in ', re.MULTILINE)


def write_samples(target: int, every_s: float, for_s: float) -> None:
    """Write a stack to the open file `target` for each `every_s` of processor time, during the next
    `for_s` seconds of the running event loop."""
    # Registered for good, and the file stays open: a signal may still be on its way at the end.
    faulthandler.register(signal.SIGPROF, file=target, all_threads=False)
    signal.setitimer(signal.ITIMER_PROF, every_s, every_s)
    asyncio.get_running_loop().call_later(for_s, _stop)
    atexit.register(_stop)  # before the handler goes: without it the signal ends the process


def _stop() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)


def read_samples(text: str) -> Iterator[list[str]]:
    """The stacks in what was written, each as the files of its frames, the outermost first."""
    _, *stacks = text.split(BEGINS)
    for stack in stacks:
        yield [frame[1] for frame in _FRAME.finditer(stack)][::-1]
