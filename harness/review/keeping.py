"""Keeping what was to be seen of a drill, once its shop is down and its record has ended.

Traces and log lines are written down as they come (`harness/telemetry/journal.py`); here the rest
joins them: the metrics, the shop's history, and what the drill was.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from harness.drill.session import Progress, Session
from harness.errors import DrillError
from harness.paths import PRIVATE_MODE
from harness.review import kept_drill
from harness.review.kept_drill import KeptDrill
from harness.review.metrics_store import METRICS, keep_blocks
from harness.review.processes import guarded, work_folder
from harness.runtime.programs.external import ensure
from harness.workspace.git import Git


async def keep(session: Session, home: Path, progress: Progress) -> bool:
    """Keep the drill in its folder; whether all of it is kept. What cannot be is said, and costs
    the drill nothing."""
    spec = session.spec
    if not spec.is_kept:
        return False
    kept = spec.kept_dir
    try:
        kept.mkdir(mode=PRIVATE_MODE, exist_ok=True)
        versions = session.services.workspace
        await asyncio.to_thread(bundle, versions.git, kept / kept_drill.SHOP)
        drill = KeptDrill.of(spec, versions, session.services.runtime.mode)
        kept_drill.write(kept, drill)
        await keep_metrics(spec.run_dir / "prometheus" / "data", kept, home, progress)
    except (DrillError, OSError) as error:
        progress(f"not all of the drill could be kept for its review: {error}")
        return False
    return True


def bundle(git: Git, target: Path) -> None:
    """Everything that a branch or tag of `git` shows, as one file."""
    git.run("bundle", "create", "--quiet", str(target), "--branches", "--tags")


async def keep_metrics(data: Path, kept: Path, home: Path, progress: Progress) -> None:
    """Keep what a Prometheus that has ended left in `data`, if it was on this machine."""
    if not data.is_dir():
        progress("the metrics are not kept: they were in a container")
        return
    binary = await asyncio.to_thread(ensure, "prometheus", progress)
    with work_folder(home) as work:
        async with guarded(work) as sidecars:
            await keep_blocks(sidecars, binary, data, kept / METRICS, work)


def size_bytes(folder: Path) -> int:
    """Of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
