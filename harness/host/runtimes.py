"""What a shop can run on. A further runtime is a folder of `harness/runtime` and an entry here.

Each entry imports its runtime only when it is chosen: what speaks with a container engine takes a
while to import, which local drills and the short commands need not pay.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness import ports
from harness.errors import UnknownName
from harness.model import Pager
from harness.paths import PRIVATE_UMASK
from harness.runtime.base import Progress, Runtime, used_mark

if TYPE_CHECKING:
    from harness.drill.spec import DrillSpec
    from harness.model import BuiltRelease, ProcessSpec, StackPlan
    from harness.thirdparty.spec import ThirdPartiesPlan
    from harness.tokens import TokenBook

OWN_PAGER = Pager("this runtime has no Alertmanager")


@dataclass(frozen=True)
class ReadyRuntime:
    """A runtime that has what it needs of this machine, and how a drill is described to it."""

    runtime: Runtime
    third_parties: Callable[[DrillSpec], ThirdPartiesPlan]
    """Raises UnknownName for a profile that does not exist."""
    plan: Callable[[DrillSpec, Mapping[str, BuiltRelease], ThirdPartiesPlan, TokenBook], StackPlan]
    load: Callable[[DrillSpec], ProcessSpec]
    pager: Pager = OWN_PAGER


@dataclass(frozen=True)
class RuntimeKind:
    """One runtime, as the rest of the harness knows it."""

    name: str
    preflight: Callable[[Progress, bool], Awaitable[ReadyRuntime]]
    """Look for all that it needs, before anything is begun; it is told whether the drill is a
    hub's. Raises EnvironmentMissing."""
    reap: Callable[[Path], Iterable[str]]
    """End what dead hosts left running under a home; says what was ended."""
    leftovers: Callable[[Path], Awaitable[list[str]]]
    """Names of all that a home has running on it. Raises DrillError."""
    row_timeout_s: float
    """Of one row of the matrix, with all that has to be built for it."""
    absent: frozenset[int] = frozenset()
    """Parts, by their ports before the offset, that it does not start, or not always: its own
    `up` looks at those."""
    is_marked: bool = True
    """Whether it leaves `used_mark` in a home; where that is missing there is nothing to reap."""
    stacks_max: int | None = None
    """How many stacks may run side by side; None: as many as the machine has cores for."""
    umask: Callable[[], int] = lambda: PRIVATE_UMASK
    """Of the host and all that it starts. A drill's folder is closed to other users in any case."""

    def may_be_in(self, home: Path) -> bool:
        """Whether this runtime has ever been used from `home`."""
        return not self.is_marked or used_mark(home, self.name).exists()


DEFAULT_RUNTIME = "local"
OPEN_UMASK = 0o022


async def _local_preflight(progress: Progress, is_hubs: bool) -> ReadyRuntime:
    from harness.host.local_plan import load_of, local_parties, stack_plan
    from harness.runtime.local.runtime import LocalRuntime
    from harness.runtime.local.sealing import way_to_seal
    from harness.runtime.programs.cache import require_account
    from harness.runtime.programs.external import ensure
    from harness.runtime.programs.pager_choice import choose_pager

    require_account()
    prometheus = await asyncio.to_thread(ensure, "prometheus", progress)
    pager = await asyncio.to_thread(choose_pager, progress)
    progress(f"pages come from {pager}")
    plan = partial(stack_plan, prometheus, pager)
    runtime = LocalRuntime(is_hubs=is_hubs)
    if is_hubs and (way := await asyncio.to_thread(way_to_seal)).why_not:
        progress(str(way))
    return ReadyRuntime(runtime, local_parties, plan, load_of, pager)


def _local_reap(home: Path) -> tuple[str, ...]:
    from harness.runtime.local.runtime import LocalRuntime

    return LocalRuntime.reap(home)


async def _nothing(_home: Path) -> list[str]:
    """Processes of this machine show by the ports that they hold."""
    return []


async def _compose_preflight(progress: Progress, _is_hubs: bool) -> ReadyRuntime:
    from harness.host.compose_plan import container_load, container_parties, container_plan
    from harness.runtime.compose.images import GRAFANA
    from harness.runtime.compose.needs import preflight
    from harness.runtime.compose.runtime import ComposeRuntime

    has_grafana = GRAFANA in (await preflight(progress)).images
    if not has_grafana:
        progress("Grafana disabled: image not available; use the console or `drill metrics`")
    plan = partial(container_plan, has_grafana)
    pager = Pager("in its container", ("alertmanager",))
    return ReadyRuntime(ComposeRuntime(), container_parties, plan, container_load, pager)


def _compose_reap(home: Path) -> tuple[str, ...]:
    from harness.runtime.compose.runtime import ComposeRuntime

    return ComposeRuntime.reap(home)


def _compose_umask() -> int:
    """Containers run as us, and read what we write; those of root run as somebody else."""
    return PRIVATE_UMASK if os.geteuid() else OPEN_UMASK


async def _compose_leftovers(home: Path) -> list[str]:
    from harness.runtime.compose.leftovers import everything_of

    return await everything_of(home)


RUNTIMES: dict[str, RuntimeKind] = {
    kind.name: kind
    for kind in (
        RuntimeKind(
            name="local",
            preflight=_local_preflight,
            reap=_local_reap,
            leftovers=_nothing,
            row_timeout_s=600.0,
            absent=frozenset({ports.GRAFANA}),
            is_marked=False,
        ),
        RuntimeKind(
            name="compose",
            preflight=_compose_preflight,
            reap=_compose_reap,
            leftovers=_compose_leftovers,
            # Images of releases are built meanwhile, on a new machine all images.
            row_timeout_s=1200.0,
            absent=frozenset({ports.GRAFANA}),
            stacks_max=1,
            umask=_compose_umask,
        ),
    )
}


def runtime_named(name: str) -> RuntimeKind:
    """Raises UnknownName."""
    if name not in RUNTIMES:
        raise UnknownName("runtime", name, RUNTIMES)
    return RUNTIMES[name]


def reap(home: Path) -> list[str]:
    """End what dead hosts left running under `home`, on whichever runtime, and what reviews did
    whose process was killed."""
    from harness.review.processes import clear

    found = [kind for kind in RUNTIMES.values() if kind.may_be_in(home)]
    return [*(ended for kind in found for ended in kind.reap(home)), *clear(home)]


async def left_of(home: Path) -> list[str]:
    """What runtimes still have of a home, beside processes that hold its ports."""
    found = [kind for kind in RUNTIMES.values() if kind.may_be_in(home)]
    return [name for kind in found for name in await kind.leftovers(home)]
