"""How a team does from drill to drill, for whoever takes part in the one that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from harness.drill.queries.past_drills import PastDrill, averages, past_drills
from harness.drill.spec import DrillSpec
from harness.record.events import Audience
from harness.scoring.calibration import ReliabilityBin


async def trend(spec: DrillSpec, viewer: Audience) -> dict[str, Any]:
    """Every drill of this home, oldest first; averages and calibration over those that count.

    `unreadable` says which records were left out, and why.
    """
    unreadable: list[str] = []
    runs = spec.run_dir.parent
    shown = await asyncio.to_thread(past_drills, runs, unreadable.append, viewer=viewer)
    return {
        "running": spec.drill_id,
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
