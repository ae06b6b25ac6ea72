"""`drill review, export, import`: a drill that is over, looked back at, here or elsewhere."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.afterwards import run_dir_of
from harness.cli.api_client import ActiveDrill, active_drill, token_of
from harness.cli.hub_client import hub_profile
from harness.cli.panels import Commands
from harness.cli.profiles import Profile, kept_profile, named_profile
from harness.errors import EnvironmentMissing, UnknownName, UsageError
from harness.model import Role
from harness.paths import PRIVATE_UMASK, created_with, home_dir
from harness.terminal import line, link_of, say

if TYPE_CHECKING:
    from harness.review.review_session import ReviewSession
    from harness.tokens import TokenBook

RUN_ID = re.compile(r"r-[0-9a-f]+")
"""A run of a hub, as `drill runs list` shows it."""
PortOffset = Annotated[int | None, typer.Option(help="Added to every port; default 10000.")]


def review(
    drill: Annotated[
        str | None,
        typer.Argument(help="A drill, a run of a hub, or an exported file; default: the last one."),
    ] = None,
    port_offset: PortOffset = None,
) -> None:
    """Show a finished drill in the console again.

    Charts, traces, logs, score and postmortem are served until Ctrl-C; score and postmortem can
    still be edited. At a hub it opens the review there, which closes by itself.

    Example: drill review d-7f3a91c2
    """
    if (found := _run_at_hub(drill)) is not None:
        _open_there(*found)
        return
    if (open_one := _open_already(drill)) is not None:
        _say_where(open_one)
        return
    from harness.review.serving import ports_for
    from harness.review.serving import review as serve

    began = time.monotonic()

    def ready(session: ReviewSession, tokens: TokenBook) -> None:
        _say_links(session, tokens)
        say(f"… opened in {time.monotonic() - began:.1f} s; Ctrl-C closes it")

    with _folder(drill) as run_dir:
        asyncio.run(serve(run_dir, home_dir(), places=ports_for(port_offset), ready=ready))
    say("the review is closed; nothing is left running")


def export(
    drill_id: Annotated[str | None, typer.Argument(help="Default: the last drill.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; default: <drill>.drill.")
    ] = None,
) -> None:
    """Write a finished drill to one file.

    Whoever has the file can review it with `drill review FILE`. No token or key is in it; the
    answer is.

    Example: drill export d-7f3a91c2 -o friday.drill
    """
    from harness.review.archive import ENDING
    from harness.review.archive import export as write

    if drill_id == "harbor":
        raise UsageError("tasks for Harbor are made of scenarios", "drill agents harbor SCENARIO")
    run_dir = run_dir_of(drill_id)
    _require_over(run_dir)
    target = output or Path(f"{run_dir.name}{ENDING}")
    size_bytes = write(run_dir, target)
    say(f"{run_dir.name} is in {target} ({size_bytes / 1e6:.1f} MB)")


def import_(
    file: Annotated[Path, typer.Argument(help="What `drill export` wrote.")],
) -> None:
    """Add an exported drill to this home.

    Example: drill import friday.drill
    """
    from harness.review.archive import take_in
    from harness.review.processes import work_folder

    home = home_dir()
    with created_with(PRIVATE_UMASK), work_folder(home) as work:
        folder = take_in(file, home, work)
    say(f"{folder.name} is one of this home's drills now: drill review {folder.name}")


import_.__name__ = "import"


@contextmanager
def _folder(drill: str | None) -> Iterator[Path]:
    """The folder of a drill of this home or, while the block lasts, of one in a file."""
    if drill is None or not Path(drill).is_file():
        run_dir = run_dir_of(drill)
        _require_over(run_dir)
        yield run_dir
        return
    from harness.review.archive import unpack
    from harness.review.processes import work_folder

    with created_with(PRIVATE_UMASK), work_folder(home_dir()) as work:
        unpack(Path(drill), work / "drill")
        say("what is written in this review goes with it; `drill import` keeps the drill first")
        yield work / "drill"


def _run_at_hub(drill: str | None) -> tuple[Profile, str] | None:
    """Who one is at a hub, and the run that is meant; None where a drill of this home is, or a
    file. Raises UnknownName, EnvironmentMissing and NotAllowed."""
    if drill is not None and RUN_ID.fullmatch(drill):
        return hub_profile(), drill
    elsewhere = named_profile()
    if elsewhere is None:
        if (drill is not None and Path(drill).is_file()) or _is_of_this_home(drill):
            return None
        elsewhere = kept_profile()
    if elsewhere is None:
        return None
    if elsewhere.run and drill is None:
        return elsewhere, elsewhere.run
    with elsewhere.client() as hub:
        over = [one for one in hub.get("/v1/runs") if one["phase"] == "over" and one["drill_id"]]
    known = {one["drill_id"]: one["id"] for one in reversed(over)}
    if drill is not None and drill not in known:
        raise UnknownName("finished drill", drill, known)
    if not over:
        raise EnvironmentMissing(
            f"no drill of yours at {elsewhere.place.url} is over", "see: drill runs list"
        )
    return elsewhere, str(known[drill] if drill else over[0]["id"])


def _is_of_this_home(drill: str | None) -> bool:
    runs = home_dir() / "runs"
    return any(runs.glob("*/record.db")) if drill is None else (runs / drill).is_dir()


def _open_there(profile: Profile, run: str) -> None:
    with profile.place.client(profile.token, run=run, drill="the review") as there:
        status = there.get("/v1/status")
    if status["review"] is None:
        raise UsageError(f"{run} is not over yet", "its console is open: drill open")
    say(f"review of {status['drill_id']} at {profile.place.url}")
    line(link_of(f"{profile.place.url}/drills/{run}", profile.token))
    say("it closes by itself a minute after the last of you has left")


def _say_links(session: ReviewSession, tokens: TokenBook) -> None:
    from harness.tokens import Caller

    url = session.spec.places.api_url
    say(f"review of {session.spec.drill_id}, which ended: {session.run.over_reason}")
    for caller in (Caller.PARTICIPANT, Caller.INSTRUCTOR):
        say(f"console for the {caller}:")
        line(link_of(url, tokens.token(caller)))
    if session.has_metrics:
        say(f"Prometheus: {session.spec.places.prometheus_url}")


def _open_already(drill: str | None) -> ActiveDrill | None:
    """The review that the host of this home shows, where that is meant."""
    try:
        running = active_drill()
    except EnvironmentMissing:
        return None
    is_meant = drill == running.drill_id or drill is None
    return running if running.is_review and is_meant else None


def _say_where(review: ActiveDrill) -> None:
    say(f"the review of {review.drill_id} is open, where the drill was; `drill finish` closes it")
    for role in Role:
        say(f"console for the {role}:")
        line(link_of(review.api_url, token_of(review, role)))


def _require_over(run_dir: Path) -> None:
    try:
        running = active_drill()
    except EnvironmentMissing:
        return
    if running.drill_id == run_dir.name:
        raise UsageError(f"{running.drill_id} is not over yet", "its console is open: drill open")


COMMANDS: Commands = {"Afterwards": (review, export, import_)}
