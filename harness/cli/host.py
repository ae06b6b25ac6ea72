"""`drill run, demo, up, down, scenarios`: drills as a whole.

What these need takes a second to import, so each imports it when it is called.
"""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.causes import Family
from harness.cli.api_client import active_drill, client_of
from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.errors import EnvironmentMissing, UnknownName, UsageError
from harness.host.runtimes import RUNTIMES, runtime_named
from harness.model import Role, Scenario
from harness.paths import ACTIVE, PRIVATE_UMASK, catalog_dir, created_with, home_dir
from harness.terminal import AsJson, data, data_line, line, link_of, say, show_table
from harness.waiting import WaitedTooLong, wait_until_sync

if TYPE_CHECKING:
    from harness.catalog.reader import Catalog
    from harness.drill.session import Session
    from harness.host.lifecycle import Outcome
    from harness.settings import HostSettings

ScenarioName = Annotated[
    str, typer.Argument(envvar="SCENARIO", help="A scenario, a family, or `random`.")
]
Runtime = Annotated[
    str, typer.Option(envvar="RUNTIME", help=f"{' or '.join(f'`{name}`' for name in RUNTIMES)}.")
]
Agenda = Annotated[
    str | None,
    typer.Option(envvar="AGENDA", help="A name, or a file of your own; default: the scenario's."),
]
Speed = Annotated[
    float, typer.Option(envvar="SPEED", help="Speed of the agenda's clock, such as 10.")
]
Seed = Annotated[int | None, typer.Option(help="The same seed draws the same history and order.")]
Scale = Annotated[int, typer.Option(min=1, max=50, help="Multiplies load, pools and slots.")]
LoadWorkers = Annotated[
    int, typer.Option(envvar="LOAD_WORKERS", min=1, max=16, help="Load generator processes.")
]
Keep = Annotated[bool, typer.Option(help="Keep what was to be seen, for `drill review`.")]
Linger = Annotated[
    float | None,
    typer.Option(
        envvar="DRILL_LINGER",
        min=0,
        help="Seconds for which the links work after the end; in a terminal: until Ctrl-C.",
    ),
]
PortOffset = Annotated[int | None, typer.Option(help="Added to every port; default 10000.")]

DOWN_TIMEOUT_S = 30.0


def run(
    scenario: ScenarioName = "deadlock",
    runtime: Runtime = "local",
    agenda: Agenda = None,
    speed: Speed = 1.0,
    seed: Seed = None,
    scale: Scale = 1,
    load_workers: LoadWorkers = 1,
    port_offset: PortOffset = None,
    minutes: Annotated[
        float | None,
        typer.Option(min=1, help="Time limit; default: the agenda plus an hour."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the interrupted drill.")] = False,
    keep: Keep = True,
    linger: Linger = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a line of JSON once it runs, is over, is shown.")
    ] = False,
) -> None:
    """Run a live drill in this terminal until it is finished.

    Its links then show its review.

    Example: drill run deadlock --seed 7 --agenda workshop-60 --speed 10
    """
    settings = settings_of(
        scenario,
        runtime=runtime,
        agenda=agenda or None,
        speed=speed,
        seed=seed,
        scale=scale,
        load_workers=load_workers,
        port_offset=port_offset,
        time_limit_minutes=minutes,
        resume=resume,
        keep=keep,
    )
    _host(settings, _linger_s(linger), as_json=as_json)


def up(
    runtime: Runtime = "local",
    seed: Seed = None,
    scale: Scale = 1,
    load_workers: LoadWorkers = 1,
    port_offset: PortOffset = None,
) -> None:
    """Start a healthy shop to explore.

    It runs until Ctrl-C or `drill down`.

    Example: drill up
    """
    settings = settings_of(
        "healthy",
        runtime=runtime,
        seed=seed,
        scale=scale,
        load_workers=load_workers,
        port_offset=port_offset,
    )
    _host(settings)


def down() -> None:
    """Stop the running drill cleanly.

    Where its host died, clear what it left.

    Example: drill down
    """
    try:
        drill = active_drill()
    except EnvironmentMissing as error:
        say(error.message)
        _clear(home_dir())
        return
    client_of(drill, Role.PARTICIPANT).post("/v1/finish")
    try:
        wait_until_sync(
            lambda: not (home_dir() / ACTIVE).exists(),
            timeout_s=DOWN_TIMEOUT_S,
            what=f"drill {drill.drill_id} to end",
        )
    except WaitedTooLong as error:
        raise EnvironmentMissing(
            str(error), f"its host is process {drill.pid}; `drill halt` stops it at once"
        ) from None
    say(f"{drill.drill_id} has ended")


def _clear(home: Path) -> None:
    """End and remove what a dead host left. Raises AlreadyRunning where one is just starting."""
    from harness.drill.lifecycle.home import Home
    from harness.host.runtimes import reap

    if not (home / "runs").is_dir():
        return
    with created_with(PRIVATE_UMASK), Home(home).owned(reap) as put_in_order:
        for sentence in put_in_order:
            say(sentence)


@paged
def scenarios(
    check: Annotated[
        bool, typer.Option("--check", help="Check every file of faults/, as a drill does.")
    ] = False,
    path: Annotated[
        str | None, typer.Option("--path", help="Only a learning path's, in its order.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the scenarios and scenario families.

    A drill of a family draws one of its scenarios. How hard each is follows from facts: signals
    away from the source, decoys, whether a rollback heals, and `drill par` where it ran here.

    Example: drill scenarios --path first-week-on-call
    """
    from harness.catalog.difficulty import difficulty_of
    from harness.catalog.reader import Catalog
    from harness.cli.par import par_times

    catalog = Catalog(catalog_dir())
    if check:
        _check(catalog)
        say("every file under faults/ is sound")
    found: list[Scenario | Family] = [*catalog.scenarios(), *catalog.families()]
    if path is not None:
        found = [catalog.scenario(id_) for id_ in catalog.learning_path(path).scenarios]
    par = par_times(home_dir())
    of_each = [(one, difficulty_of(catalog, one, par)) for one in found]
    rows = [
        {
            "scenario": one.id,
            "title": one.title,
            "difficulty": None if difficulty is None else difficulty.level.value,
            "agenda": one.agenda,
        }
        for one, difficulty in of_each
    ]
    if as_json:
        facts = [None if difficulty is None else asdict(difficulty) for _, difficulty in of_each]
        data([{**row, "facts": fact} for row, fact in zip(rows, facts, strict=True)])
        return
    show_table(rows, ["scenario", "title", "difficulty", "agenda"])
    if path is None:
        for one in catalog.learning_paths():
            say(f"a learning path: drill scenarios --path {one.id}  ({one.title})")


def _check(catalog: Catalog) -> None:
    """Raises BadFile for the first mistake in any file under faults/."""
    from harness.runtime.programs.promql import syntax_errors

    catalog.check(syntax_errors)


def settings_of(scenario: str, **given: object) -> HostSettings:
    """Settings from flags (those given), environment and defaults; the scenario's name checked."""
    from pydantic import ValidationError

    from harness.catalog.reader import Catalog
    from harness.drill.lifecycle.draw import RANDOM, agenda_named
    from harness.record.team_clock import SPEED_MAX
    from harness.settings import HostSettings

    catalog = Catalog(catalog_dir())
    known = [*catalog.drill_names(), RANDOM]
    if scenario not in known:
        raise UnknownName("scenario", scenario, known)
    if given.get("runtime") is not None:
        runtime_named(str(given["runtime"]))
    if given.get("agenda") is not None:
        agenda_named(str(given["agenda"]))
    if not 0 < float(given.get("speed", 1.0)) <= SPEED_MAX:  # type: ignore[arg-type]
        raise UsageError(f"speed is a number above 0, at most {SPEED_MAX:g}")
    if not given.get("resume"):
        # An interrupted drill goes on whatever became of other faults meanwhile.
        _check(catalog)
    kept = {name: value for name, value in given.items() if value is not None}
    try:
        return HostSettings(scenario=scenario, **kept)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = f"DRILL_{first['loc'][0]}".upper()
        raise UsageError(f"{name}: {first['msg']}") from None


def _linger_s(given: float | None) -> float:
    """How long a drill's review is shown after its end: in a terminal until it is closed."""
    if given is not None:
        return given
    return math.inf if sys.stdin.isatty() and sys.stdout.isatty() else 0.0


def _host(settings: HostSettings, linger_s: float = 0.0, *, as_json: bool = False) -> None:
    """Host a drill for people, and show the scorecard at its end."""
    from harness.cli.live_view import shown
    from harness.cli.par import show_card
    from harness.host.lifecycle import Afterwards, host

    def tell(outcome: Outcome) -> None:
        line()
        show_card(outcome)

    if as_json:
        view, afterwards = told_as_json, Afterwards(tell_end_as_json, linger_s, tell_review_as_json)
    else:
        view, afterwards = shown, Afterwards(tell, linger_s)
    outcome = asyncio.run(host(settings, player=None, view=view, afterwards=afterwards))
    if outcome.error is not None:
        raise outcome.error
    say(f"ended: {outcome.reason}; nothing is left behind")


@asynccontextmanager
async def told_as_json(session: Session) -> AsyncIterator[None]:
    """Show a running drill, and print where it answers as a line of JSON."""
    from harness.cli.live_view import shown
    from harness.players.responder_player import participant_token

    spec = session.spec
    data_line(
        {
            "stage": "running",
            "drill_id": spec.drill_id,
            "console": link_of(spec.places.api_url, participant_token(spec)),
            "status_page": f"{spec.places.api_url}/status",
            "run_dir": str(spec.run_dir),
        }
    )
    async with shown(session):
        yield


def tell_end_as_json(outcome: Outcome) -> None:
    """Print how a drill ended as a line of JSON."""
    card = outcome.card.to_json() if outcome.card else None
    error = outcome.error.message if outcome.error else None
    data_line({"stage": "over", "reason": outcome.reason, "error": error, "scorecard": card})


def tell_review_as_json(link: str) -> None:
    """Print where a drill's review answers as a line of JSON."""
    data_line({"stage": "review", "console": link})


COMMANDS: Commands = {
    "Start": (
        scenarios,
        run,
        up,
        down,
    )
}
