"""What the containers of a home use."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.runtime.compose.engine import Engine
from harness.runtime.compose.project import HOME_LABEL, SERVICE_LABEL, home_digest

MIB = 2**20


def used_mib(stats: Mapping[str, Any]) -> float:
    """Memory of one container by the engine's statistics, without files that can be dropped."""
    memory = stats["memory_stats"]
    parts = memory["stats"]
    # The first is cgroup v1's name for it, with all groups below; the second is v2's.
    dropped = parts.get("total_inactive_file", parts.get("inactive_file", 0))
    return float(memory["usage"] - dropped) / MIB


async def memory_mib(home: Path) -> dict[str, float]:
    """Memory by service, of all that runs from `home`. Raises DrillError."""
    engine = await Engine.connect()
    try:
        found = await engine.labelled("containers", f"{HOME_LABEL}={home_digest(home)}")
        asked = (engine.call("GET", f"/containers/{it['Id']}/stats", stream=0) for it in found)
        names = [it["Labels"][SERVICE_LABEL] for it in found]
        return dict(zip(names, map(used_mib, await asyncio.gather(*asked)), strict=True))
    finally:
        await engine.close()


async def own_images() -> frozenset[str]:
    """Identifiers of all images on this machine that are named as ours. Raises DrillError."""
    engine = await Engine.connect()
    try:
        found = await engine.own_images()
        return frozenset(it["Id"] for it in found)
    finally:
        await engine.close()
