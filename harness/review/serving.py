"""A review as a process of its own: opened, served with the console, closed without a trace."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI

from harness import ports
from harness.api.app import show_instead
from harness.api.console_server import serving
from harness.paths import PRIVATE_UMASK, created_with
from harness.review.opening import ReviewPorts, opened
from harness.review.processes import free_port, work_folder
from harness.review.review_session import ReviewSession
from harness.runtime.procfs import port_is_free
from harness.signals import ending_by_signals
from harness.tokens import TokenBook

OFFSET = 10_000
Ready = Callable[[ReviewSession, TokenBook], None]


async def review(
    run_dir: Path, home: Path, *, ready: Ready, places: ReviewPorts, people_known: bool = False
) -> None:
    """Serve the review of the drill in `run_dir` until a signal, or somebody at its API, ends it.

    `ready` is told once it answers. With `people_known` a hub says who asks. Raises DrillError
    where it cannot be opened.
    """
    stop = asyncio.Event()
    with ending_by_signals(stop), created_with(PRIVATE_UMASK), work_folder(home) as work:
        tokens = TokenBook.create(work / "secrets")
        async with (
            opened(run_dir, work, tokens, places, people_known=people_known) as session,
            serving(session, tokens, places.api),
        ):
            ready(session, tokens)
            await until_closed(session, stop)


async def go_on(
    app: FastAPI,
    run_dir: Path,
    home: Path,
    *,
    tokens: TokenBook,
    port_offset: int,
    stop: asyncio.Event,
    linger_s: float,
    ready: Callable[[], None],
) -> None:
    """Show the review of the drill that `app` served, at the same addresses, for `linger_s` or
    until its end is asked for. Raises DrillError where it cannot be opened."""
    with work_folder(home) as work:
        async with opened(run_dir, work, tokens, ports_for(port_offset)) as session:
            await show_instead(app, session)
            ready()
            await until_closed(session, stop, linger_s)


async def until_closed(
    session: ReviewSession, stop: asyncio.Event, linger_s: float = math.inf
) -> None:
    """Return when a signal came, or somebody asked for the end of the review, or it is time."""
    waiting = [asyncio.create_task(one.wait()) for one in (stop, session.run.closing)]
    timeout_s = None if math.isinf(linger_s) else linger_s
    try:
        await asyncio.wait(waiting, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def ports_for(port_offset: int | None) -> ReviewPorts:
    """Those of a drill; where nobody asked for them and one is taken, any that are free."""
    bases = (ports.API, ports.PROMETHEUS, ports.RECORDER)
    wanted = [base + (OFFSET if port_offset is None else port_offset) for base in bases]
    if port_offset is None and not all(port_is_free(port) for port in wanted):
        return free_ports()
    return ReviewPorts(*wanted)


def free_ports() -> ReviewPorts:
    """Any that nobody has just now."""
    return ReviewPorts(free_port(), free_port(), free_port())
