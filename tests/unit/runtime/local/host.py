"""A host to be killed: starts a guardian with an escaping daemon, says so, and waits.

Run by the tests as `python host.py RUN_DIR CONTAINMENT`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import cast

from harness.runtime.local.process import Command
from harness.runtime.local.supervise import Containment, Guardian

ESCAPEE = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        with open(sys.argv[1], "w") as file:
            file.write(os.readlink("/proc/self"))
        os.rename(sys.argv[1], sys.argv[1] + ".pid")
        time.sleep(600)
    os._exit(0)
time.sleep(600)
"""


def escaping(run_dir: Path) -> Command:
    """A process whose grandchild leaves its session and ignores every polite signal."""
    argv = (sys.executable, "-S", "-c", ESCAPEE, str(run_dir / "escapee"))
    return Command("escaping", argv, run_dir, run_dir / "logs" / "escaping.jsonl")


async def main(run_dir: Path, containment: Containment) -> None:
    """Hold a stack until killed."""
    guardian = await Guardian.start(run_dir, containment)
    await guardian.spawn(escaping(run_dir))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), cast(Containment, sys.argv[2])))
