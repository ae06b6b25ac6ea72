"""Each runtime with what its tests must know of it."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from harness.model import BuiltRelease, StackPlan
from harness.runtime.base import Runtime
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.leftovers import KINDS
from harness.runtime.compose.project import CHECKOUT, RUN_LABEL, address, project_name
from harness.runtime.compose.runtime import ComposeRuntime
from harness.runtime.local.runtime import LocalRuntime
from tests.contract.shop_fixture import Shop, writers_to

BASE = Path(__file__).with_name("compose.yaml")


@dataclass(frozen=True)
class Kit:
    """One runtime under test."""

    name: str
    make: Callable[[], Runtime]
    reap: Callable[[Path], tuple[str, ...]]
    left_of: Callable[[StackPlan], Awaitable[list[str]]]
    """What runs, or is there, of a stack; sorted, so that two answers can be compared."""
    python: str
    checkout: Callable[[BuiltRelease], str]
    """Where a release lies, as it sees it itself."""
    inside_url: Callable[[Shop], str]
    """Where the service answers, as its peers see it."""
    short_s: float
    """Enough for a release to get ready, and little more."""
    patience_s: float
    """Enough for a service to die six times."""


async def _processes_of(plan: StackPlan) -> list[str]:
    return sorted(str(process) for process in writers_to(plan.run_dir))


async def _parts_of(plan: StackPlan) -> list[str]:
    engine = await Engine.connect()
    try:
        label = f"{RUN_LABEL}={project_name(plan)}"
        found = [it for kind in KINDS for it in await engine.labelled(kind, label)]
        return sorted(it.get("Id") or it["Name"] for it in found)
    finally:
        await engine.close()


KITS = {
    "local": Kit(
        "local",
        LocalRuntime,
        LocalRuntime.reap,
        _processes_of,
        sys.executable,
        lambda release: str(release.path),
        lambda shop: shop.url,
        short_s=1.0,
        patience_s=20,
    ),
    "compose": Kit(
        "compose",
        lambda: ComposeRuntime(base=BASE),
        ComposeRuntime.reap,
        _parts_of,
        "python",
        lambda _release: CHECKOUT,
        lambda _shop: f"http://{address('x')}:8000",
        short_s=8.0,
        patience_s=90,
    ),
}
