"""One row of the matrix: a scenario at a seed, on a stack of its own, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.catalog.reader import Catalog
from harness.child_env import ENGINE, HOST, NETWORK, PLACES, program_env
from harness.drill.lifecycle.forms import in_drawn_form
from harness.ends_with_parent import bound
from harness.host.runtimes import left_of, reap, runtime_named
from harness.paths import REPO
from harness.ports import StackPorts
from harness.runtime.procfs import outgoing_ports, port_holder, port_is_free
from harness.terminal import say

WORKER = "harness.matrix.worker"
FIRST_OFFSET = 20_000
OFFSET_STEP = 1_000
TURNS = ".turns"
"""The file by which the stacks of one matrix take turns."""
LOWEST_OFFSET = 11_000
"""Above the ports of a drill that somebody may be running beside."""


@dataclass(frozen=True)
class Stack:
    """What is played, by whom, and where its files go."""

    scenario: str
    seed: int
    runtime: str
    player: str
    output: Path
    port_offset: int = FIRST_OFFSET
    """Of the first slot."""
    worker: str = WORKER
    """The module that plays it, in a process of its own."""
    repo: Path = REPO
    """The checkout whose scenarios are played."""
    told: tuple[str, ...] = ()
    """Further arguments of the worker."""
    settings: tuple[str, ...] = ()
    """Of this process's environment, what the worker has besides."""
    longer_s: float = 0.0
    """What its player may take beyond what a row takes."""

    @property
    def name(self) -> str:
        return f"{self.scenario}-{self.seed}"

    async def run(self, slot: int) -> dict[str, Any]:
        """The row; what the stack left behind, and that it came to nothing, counts against it.

        Stacks of different slots have different ports and may run side by side.
        """
        home, answer = self.output / self.name, self.output / f"{self.name}.json"
        # Whoever was killed here left data elsewhere, which only the home still tells of.
        await asyncio.to_thread(reap, home)
        shutil.rmtree(home, ignore_errors=True)
        answer.unlink(missing_ok=True)
        (self.output / TURNS).touch()
        offset = offset_of(slot, self.port_offset)
        began, others = time.monotonic(), _ports_taken(offset)
        last = await self._play(offset, home, answer)
        row = self._read(answer, last)
        row["took_s"] = round(time.monotonic() - began, 1)
        left = [port for port in _ports_taken(offset) if port not in others]
        row["leftovers"] = left + await left_of(home)
        row["shortfalls"] += [f"left behind: {what}" for what in row["leftovers"]]
        return row

    async def _play(self, offset: int, home: Path, answer: Path) -> str:
        """The last line that the process said, or how long was waited for it."""
        argv = (
            *(sys.executable, "-m", self.worker),
            *("--scenario", self.scenario, "--seed", str(self.seed), "--player", self.player),
            *("--home", str(home), "--answer", str(answer), "--port-offset", str(offset)),
            *("--runtime", self.runtime, "--turns", str(self.output / TURNS)),
            *self.told,
        )
        process = await asyncio.create_subprocess_exec(
            *bound(argv),
            env=program_env(PLACES, NETWORK, ENGINE, HOST, self.settings, PYTHONPATH=str(REPO)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        timeout_s = runtime_named(self.runtime).row_timeout_s + self.longer_s
        try:
            async with asyncio.timeout(timeout_s):
                last = await self._follow(process)
                await process.wait()
        except TimeoutError:
            last = f"took longer than {timeout_s:g} s"
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        return last

    async def _follow(self, process: asyncio.subprocess.Process) -> str:
        """Pass on what the stack says, marked with its name; return its last line."""
        assert process.stderr is not None  # noqa: S101  asked for as a pipe
        last = ""
        async for raw in process.stderr:
            last = raw.decode(errors="replace").rstrip()
            say(f"[{self.name}] {last}")
        return last

    def _read(self, answer: Path, last: str) -> dict[str, Any]:
        catalog = Catalog(self.repo)
        scenario = catalog.scenario(self.scenario)
        known = [catalog.fault(name) for name in scenario.faults]
        _, faults = in_drawn_form(scenario, known, self.seed)
        row: dict[str, Any] = {
            "scenario": self.scenario,
            "seed": self.seed,
            "faults": len(faults),
            "is_latent": any(fault.is_latent for fault in faults),
            "expects_page": bool(scenario.faults or scenario.blips),
        }
        try:
            row |= json.loads(answer.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            row["shortfalls"] = [f"the stack gave no answer: {last}"]
        return row


def offset_of(slot: int, first: int) -> int:
    """The offset of a slot's ports, upwards from `first`.

    Those that outgoing connections may take at any time come last, after what is free below.
    """
    outgoing = outgoing_ports()
    upwards = list(range(first, first + (slot + 1) * OFFSET_STEP, OFFSET_STEP))
    below = list(range(first - OFFSET_STEP, LOWEST_OFFSET - 1, -OFFSET_STEP))
    safe = [one for one in upwards + below if not outgoing.intersection(_ports_of(one))]
    rest = [one for one in upwards if one not in safe]
    return (safe + rest)[slot]


def _ports_of(offset: int) -> tuple[int, ...]:
    return StackPorts.of(Catalog(REPO).topology(), offset).all


def _ports_taken(offset: int) -> list[str]:
    """Ports of the stack that somebody listens on; before it began, that is somebody else."""
    found = (port for port in _ports_of(offset) if not port_is_free(port))
    return [f"port {port} ({port_holder(port)})" for port in found]
