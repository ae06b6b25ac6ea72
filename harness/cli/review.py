"""`drill review`: a drill that is over, looked back at."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.afterwards import run_dir_of
from harness.cli.api_client import active_drill
from harness.cli.panels import Commands
from harness.errors import EnvironmentMissing, UsageError
from harness.paths import home_dir
from harness.terminal import line, link_of, say

if TYPE_CHECKING:
    from harness.review.review_session import ReviewSession
    from harness.tokens import TokenBook

PortOffset = Annotated[int | None, typer.Option(help="Added to every port; default 10000.")]


def review(
    drill_id: Annotated[str | None, typer.Argument(help="Default: the last drill.")] = None,
    port_offset: PortOffset = None,
) -> None:
    """Show a finished drill in the console again.

    Charts, traces, logs, score and postmortem are served until Ctrl-C; score and postmortem can
    still be edited.

    Example: drill review d-7f3a91c2
    """
    from harness.review.serving import review as serve

    began = time.monotonic()
    run_dir = run_dir_of(drill_id)
    _require_over(run_dir)

    def ready(session: ReviewSession, tokens: TokenBook) -> None:
        _say_links(session, tokens)
        say(f"… opened in {time.monotonic() - began:.1f} s; Ctrl-C closes it")

    asyncio.run(serve(run_dir, home_dir(), port_offset=port_offset, ready=ready))
    say("the review is closed; nothing is left running")


def _say_links(session: ReviewSession, tokens: TokenBook) -> None:
    from harness.tokens import Caller

    url = session.spec.places.api_url
    say(f"review of {session.spec.drill_id}, which ended: {session.run.over_reason}")
    for caller in (Caller.PARTICIPANT, Caller.INSTRUCTOR):
        say(f"console for the {caller}:")
        line(link_of(url, tokens.token(caller)))
    if session.has_metrics:
        say(f"Prometheus: {session.spec.places.prometheus_url}")


def _require_over(run_dir: Path) -> None:
    try:
        running = active_drill()
    except EnvironmentMissing:
        return
    if running.drill_id == run_dir.name:
        raise UsageError(f"{running.drill_id} is not over yet", "its console is open: drill open")


COMMANDS: Commands = {"Afterwards": (review,)}
