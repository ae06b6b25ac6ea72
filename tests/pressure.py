"""A test that fails while others take the processor is run once more, alone, and the run says so.

What it reads is the kernel's: the share of time in which something runnable waited for a core
(pressure stall information, "some" of `/proc/pressure/cpu`) and the share that the hypervisor gave
to others ("steal" of `/proc/stat`), from the first test of the failed one's module until it failed:
a fixture of the module may have started long before.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from typing import NamedTuple

import pytest

from harness.runtime.machine_load import read_counters

SECOND_RUN = "THREEAM_SECOND_RUN"
"""Set in the environment of the second run, which has no third."""
WAITED_SHARE_MIN = 0.5
"""A live shop alone on two quiet cores makes it 0.1 to 0.35."""
STOLEN_SHARE_MIN = 0.1
FAILURES_MAX = 10
"""More than that is no accident of timing."""


class Reading(NamedTuple):
    """What the kernel has counted so far, in seconds; `stolen_s` is the mean over all cores."""

    at_s: float
    waited_s: float
    stolen_s: float


def read() -> Reading:
    """Zeros for what this kernel does not count."""
    now = read_counters()
    return Reading(now.at_s, now.waited_s or 0.0, now.stolen_s / (os.cpu_count() or 1))


def why_busy(before: Reading, after: Reading) -> str:
    """What tells that the machine was short of processor between the two; empty if nothing does."""
    elapsed_s = max(after.at_s - before.at_s, 0.001)
    waited = (after.waited_s - before.waited_s) / elapsed_s
    stolen = (after.stolen_s - before.stolen_s) / elapsed_s
    if waited < WAITED_SHARE_MIN and stolen < STOLEN_SHARE_MIN:
        return ""
    return f"{waited:.0%} of the time something waited for a core, {stolen:.0%} was stolen"


class UnderPressure:
    """The plugin: notes failures under pressure, and runs those once more when all else is over."""

    def __init__(self, measure: Callable[[], Reading] = read) -> None:
        self._measure = measure
        self._module_began: dict[str, Reading] = {}
        self._busy: dict[str, str] = {}
        self._failed: set[str] = set()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if (module := module_of(nodeid)) not in self._module_began:
            self._module_began[module] = self._measure()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.failed:
            return
        self._failed.add(report.nodeid)
        began = self._module_began[module_of(report.nodeid)]
        if why := why_busy(began, self._measure()):
            self._busy[report.nodeid] = why

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        yield
        if session.exitstatus != pytest.ExitCode.TESTS_FAILED or session.shouldfail:
            return
        if SECOND_RUN in os.environ or set(self._busy) != self._failed:
            return
        if len(self._failed) <= FAILURES_MAX and passes_alone(self._busy):
            session.exitstatus = pytest.ExitCode.OK


def module_of(nodeid: str) -> str:
    return nodeid.split("::")[0]


def passes_alone(busy: dict[str, str]) -> bool:
    """Run the tests again, in a process of their own, with what makes them live made anew."""
    tell("\nThe machine was busy while these failed; each is run once more, alone:")
    for nodeid, why in busy.items():
        tell(f"  {nodeid}: {why}")
    # Whatever their marks: what was selected failed.
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "", *busy]
    done = subprocess.run(command, env={**os.environ, SECOND_RUN: "1"}, check=False)
    tell(f"The second run {'passed' if done.returncode == 0 else 'failed, too'}.")
    return done.returncode == 0


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
