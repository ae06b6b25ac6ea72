"""How a team does from drill to drill."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.drill.queries.past_drills import PastDrill, averages, past_drills
from harness.drill.spec import DrillSpec
from harness.record.events import Audience
from harness.scoring.calibration import ReliabilityBin


async def trend(spec: DrillSpec, viewer: Audience) -> dict[str, Any]:
    """What `trend_of` says of the home of a drill that runs."""
    return await asyncio.to_thread(trend_of, spec.run_dir.parent, viewer, spec.drill_id)


def trend_of(runs: Path, viewer: Audience, running: str = "") -> dict[str, Any]:
    """Every drill under `runs`, oldest first; averages and calibration over those that count.

    `unreadable` says which records were left out, and why.
    """
    unreadable: list[str] = []
    shown = past_drills(runs, unreadable.append, viewer=viewer)
    return {
        "running": running,
        "drills": [one.to_json() for one in shown],
        "averages": averages(shown),
        "reliability": [asdict(one) for one in _merged(shown)],
        "unreadable": unreadable,
    }


def _merged(drills: Iterable[PastDrill]) -> Sequence[ReliabilityBin]:
    """The bins of all drills that count as one curve; a mean of means, weighted by how many."""
    merged: dict[int, ReliabilityBin] = {}
    for one in (one for drill in drills if drill.counts for one in drill.reliability):
        seen = merged.get(one.low)
        merged[one.low] = one if seen is None else _sum(seen, one)
    return [merged[low] for low in sorted(merged)]


def _sum(left: ReliabilityBin, right: ReliabilityBin) -> ReliabilityBin:
    count = left.count + right.count
    return ReliabilityBin(
        left.low,
        left.high,
        count,
        (left.mean_percent * left.count + right.mean_percent * right.count) / count,
        (left.true_share * left.count + right.true_share * right.count) / count,
    )
