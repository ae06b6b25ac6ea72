"""Removing what a run has left in the engine: containers, networks, volumes."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from harness import limits
from harness.errors import DrillError, StackFailed
from harness.runtime.compose.engine import Engine, Found
from harness.runtime.compose.project import (
    HOME_LABEL,
    OWNER_FILE,
    OWNER_LABEL,
    RUN_LABEL,
    home_digest,
)
from harness.runtime.procfs import identify, kill, links_of, pids
from harness.waiting import WaitedTooLong, wait_until

KINDS = ("containers", "networks", "volumes")
"""In the order in which they can be removed."""
QUIET_LOOKS = 2
"""The engine may still be making what a dead program asked for."""
PROGRAMS = ("docker", "docker-compose")


async def remove_all(engine: Engine, *labels: str) -> list[str]:
    """Remove all that carries `labels`, and see that it is gone; says what was removed.

    Raises StackFailed where something stays.
    """
    removed: list[str] = []
    quiet = 0

    async def gone() -> bool:
        nonlocal quiet
        left = 0
        for kind in KINDS:
            found = await engine.labelled(kind, *labels)
            left += len(found)
            removed.extend(name for it in found if (name := _name(kind, it)) not in removed)
            tries = [engine.remove(kind, it.get("Id") or it["Name"]) for it in found]
            await asyncio.gather(*tries, return_exceptions=True)
        quiet = 0 if left else quiet + 1
        return quiet >= QUIET_LOOKS

    try:
        await wait_until(
            gone, timeout_s=limits.CONTAINERS_GONE_S, what="containers to go", interval_s=0.1
        )
    except WaitedTooLong:
        found = {kind: await engine.labelled(kind, *labels) for kind in KINDS}
        left = [_name(kind, it) for kind, them in found.items() for it in them]
        raise StackFailed(f"the engine did not remove {', '.join(left)}") from None
    return removed


async def answers_again(engine: Engine, within_s: float) -> bool:
    """Wait for an engine that went away; False where it is not back in time."""

    async def answered() -> bool:
        with contextlib.suppress(StackFailed):
            await engine.call("GET", "/version")
            return True
        return False

    try:
        await wait_until(answered, timeout_s=within_s, what="the Docker engine", interval_s=0.2)
    except WaitedTooLong:
        return False
    return True


async def reap(home: Path) -> tuple[str, ...]:
    """Remove the runs of `home` whose hosts are dead; says what was removed.

    Where no engine answers there is nothing to be removed, or nobody to ask.
    """
    _end_programs(home)
    try:
        engine = await Engine.connect()
    except DrillError:
        return ()
    try:
        dead = set()
        for kind in KINDS:
            for it in await engine.labelled(kind, f"{HOME_LABEL}={home_digest(home)}"):
                given = it["Labels"]
                if RUN_LABEL in given and not _owned(given.get(OWNER_LABEL, "")):
                    dead.add(given[RUN_LABEL])
        ended = []
        for run in sorted(dead):
            ended += await remove_all(engine, f"{RUN_LABEL}={run}")
        return tuple(ended)
    finally:
        await engine.close()


async def everything_of(home: Path) -> list[str]:
    """Names of all that the engine has of a home, its living runs included. Raises DrillError."""
    engine = await Engine.connect()
    try:
        label = f"{HOME_LABEL}={home_digest(home)}"
        return [_name(k, it) for k in KINDS for it in await engine.labelled(k, label)]
    finally:
        await engine.close()


def _end_programs(home: Path) -> None:
    """End Compose programs that a dead host was just running: they would go on making things.

    Each works in its own run's private folder.
    """
    files = home.resolve().glob(f"runs/*/compose/{OWNER_FILE}")
    dead = {str(file.parent) for file in files if not _owned(file.read_text(encoding="utf-8"))}
    for pid in pids() if dead else ():
        process = identify(pid)
        links = links_of(pid, ("cwd", "exe"))
        if process and len(links) == 2 and links[0] in dead and Path(links[1]).name in PROGRAMS:
            kill(process)


def _owned(owner: str) -> bool:
    """Whether the very process that started a run is still there."""
    pid, _, start = owner.partition(":")
    found = identify(int(pid)) if pid.isdigit() else None
    return found is not None and str(found.start_ticks) == start


def _name(kind: str, found: Found) -> str:
    name = found["Names"][0].lstrip("/") if kind == "containers" else found["Name"]
    return f"{kind.removesuffix('s')} {name}"
