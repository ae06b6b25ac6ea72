"""`drill agents`: players of whole drills compared, and what they did as files for others."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.afterwards import run_dir_of
from harness.cli.host import Runtime
from harness.cli.panels import Commands
from harness.errors import BadFile, UsageError
from harness.terminal import say

app = typer.Typer(
    help="Measure players of whole drills, and write what they did.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.command()
def bench(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Scenarios; default: `all`.")
    ] = None,
    player: Annotated[
        list[str] | None,
        typer.Option(
            help="May be given several times; `model:NAME` is a model; default: all that need none."
        ),
    ] = None,
    price: Annotated[
        str | None,
        typer.Option(help="Of a model: dollars for a million tokens read, written: 3,15."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The first seed.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, max=50, help="Seeds per scenario.")] = 1,
    repeats: Annotated[int, typer.Option(min=1, max=50, help="Tries of each seed.")] = 1,
    budget: Annotated[str | None, typer.Option(help="Time limit, such as 15m.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Keep tries that others disturbed as they are.")
    ] = False,
    runtime: Runtime = "local",
    port_offset: Annotated[
        int | None, typer.Option(min=0, max=30_000, help="Added to every port; default 20000.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Output directory; default: var/agents.")
    ] = None,
) -> None:
    """Measure players on the same drills.

    What was played before is kept: the same command goes on where it stopped. `DRILL_SCENARIOS`
    names a folder of held-out scenarios. Fails where a trivial player does better than it should.

    Example: drill agents bench deadlock --seeds 3 --player responder --player latest-deploy
    """
    from harness.agentbench.entrants import ENTRANTS
    from harness.agentbench.tournament import ALL, Asked, bench_agents
    from harness.matrix.row_stack import FIRST_OFFSET
    from harness.matrix.schedule import budget_s
    from harness.paths import home_dir

    asked = Asked(
        names=tuple(scenarios or [ALL]),
        players=tuple(player or ENTRANTS),
        seeds=tuple(range(seed, seed + seeds)),
        repeats=repeats,
        output=(output or home_dir() / "agents").resolve(),
        runtime=runtime,
        port_offset=FIRST_OFFSET if port_offset is None else port_offset,
        budget_s=None if budget is None else budget_s(budget),
        price=price,
        again=not once,
    )
    # Told to end, it ends its stack first, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not asyncio.run(bench_agents(asked)):
        raise typer.Exit(1)


@app.command()
def trajectory(
    drill_id: Annotated[str | None, typer.Argument(help="Default: the last drill.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; default: <drill>.atif.json.")
    ] = None,
    player: Annotated[str, typer.Option(help="Whom it is about.")] = "team",
) -> None:
    """Write what was done in a drill as an ATIF trajectory.

    Of people as of agents, once the drill is over. The answer is in it, and the five grades.

    Example: drill agents trajectory d-7f3a91c2 -o friday.json
    """
    from harness.catalog.reader import Catalog
    from harness.drill.lifecycle.seal import opened_answer, opened_key
    from harness.drill.queries.past_drills import read_events
    from harness.paths import catalog_dir
    from harness.players.grounding import by_record
    from harness.record.story import fold
    from harness.scoring.case import Case
    from harness.scoring.grades import grade
    from harness.trajectory.atif import trajectory as made

    run_dir = run_dir_of(drill_id)
    events = read_events(run_dir / "record.db")
    story = fold(events)
    answer, key = opened_answer(story), opened_key(story)
    if answer is None:
        raise UsageError(f"{run_dir.name} is not over", "finish it first: drill finish")
    catalog = Catalog(catalog_dir())
    known = [one["id"] for one in answer["faults"] if one["id"] in catalog.fault_ids()]
    on_path = by_record(story, map(catalog.fault, known))
    graded = grade(Case(story, key), on_path)
    found = made(events, player=player, version=_version(), truth=key, grades=graded)
    target = output or Path(f"{run_dir.name}.atif.json")
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    say(f"{len(found['steps'])} steps of {run_dir.name} are in {target}")


@app.command()
def beside(
    one: Annotated[Path, typer.Argument(help="A trajectory, as `drill agents trajectory` writes.")],
    other: Annotated[Path, typer.Argument(help="Another, of the same scenario and seed.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page.")] = Path("beside.html"),
) -> None:
    """Show two trajectories side by side, against the truth.

    Example: drill agents beside friday.json var/agents/trajectories/deadlock-1-1-responder.json
    """
    from harness.trajectory.side_by_side import side_by_side

    output.write_text(side_by_side(_read(one), _read(other)), encoding="utf-8")
    say(f"the page is {output}")


def _read(path: Path) -> dict[str, Any]:
    """A trajectory file. Raises BadFile."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(path, None, error.strerror or str(error)) from error
    except ValueError as error:
        raise BadFile(path, None, f"this is no JSON: {error}") from error
    if not isinstance(found, dict) or not found.get("steps") or "agent" not in found:
        raise BadFile(path, None, "this is no trajectory: it has no agent or no steps")
    return found


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("threeam")
    except PackageNotFoundError:
        return "0"


COMMANDS: Commands = {"Machine": (("agents", app),)}
