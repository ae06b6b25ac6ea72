"""`drill agents`: players of whole drills compared, and what they did as files for others."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli import agent_flags
from harness.cli.afterwards import run_dir_of
from harness.cli.host import PortOffset, Runtime
from harness.cli.panels import Commands
from harness.errors import BadFile, UsageError
from harness.terminal import say

if TYPE_CHECKING:
    from harness.agentbench.entrants import Command as BenchCommand

app = typer.Typer(
    help="Measure players of whole drills, and write what they did.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

FirstSeed = Annotated[int, typer.Option(help="The first seed.")]
SeedsEach = Annotated[int, typer.Option(min=1, max=50, help="Seeds per scenario.")]
Players = Annotated[
    list[str] | None,
    typer.Option(
        help="May be given several times; `model:NAME` is a model, `exec:NAME` the program of"
        " --command; default: all that need neither."
    ),
]


@app.command()
def bench(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Scenarios; default: `all`.")
    ] = None,
    player: Players = None,
    price: agent_flags.Prices = None,
    command: Annotated[
        str | None, typer.Option(help="The program that `exec:NAME` is, with its arguments.")
    ] = None,
    show: agent_flags.Shown = None,
    reach: agent_flags.Reach = None,
    passed: agent_flags.Passed = None,
    play_minutes: agent_flags.PlayMinutes = 15.0,
    seed: FirstSeed = 1,
    seeds: SeedsEach = 1,
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
        command=_command(command, play_minutes * 60, show, reach, passed),
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
    from harness.agentbench.past_grades import graded
    from harness.trajectory.atif import trajectory as made

    run_dir = run_dir_of(drill_id)
    one = graded(run_dir / "record.db")
    found = made(one.events, player=player, version=_version(), truth=one.key, grades=one.grades)
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


@app.command()
def harbor(
    scenarios: Annotated[list[str], typer.Argument(help="Scenarios, or `all`.")],
    seed: FirstSeed = 1,
    seeds: SeedsEach = 1,
    image: Annotated[str, typer.Option(help="The box, as `make image` makes it.")] = "threeam/box",
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder.")] = Path("tasks"),
) -> None:
    """Write drills as tasks of Harbor.

    Each is a folder: task.toml, instruction, environment, tests that write the reward, solution.

    Example: drill agents harbor deadlock bad-timeouts --seeds 3 -o tasks
    """
    from harness.agentbench.harbor_task import write_tasks
    from harness.catalog.reader import Catalog
    from harness.paths import catalog_dir

    catalog = Catalog(catalog_dir())
    names = catalog.scenario_ids() if "all" in scenarios else list(dict.fromkeys(scenarios))
    made = write_tasks(catalog, names, range(seed, seed + seeds), image, output)
    say(f"{len(made)} tasks are in {output}: harbor run -p {output} -a AGENT -m MODEL")


@app.command()
def serve(
    task: Annotated[str, typer.Argument(help="The task's digest, as its environment has it.")],
    seed: Annotated[int, typer.Option(help="Its seed.")],
    listen: Annotated[str, typer.Option(help="Where its tools are served.")] = "0.0.0.0:8700",
    minutes: Annotated[float, typer.Option(min=1, help="When it ends by itself.")] = 40.0,
    result: Annotated[Path | None, typer.Option(help="Default: result/ in the home.")] = None,
    port_offset: PortOffset = None,
) -> None:
    """Serve one drill to one agent, as a task's container does.

    It begins with the first message, and is over by `drill finish`; then it leaves the record in
    the result's folder, and waits until it is told to end. Whoever reaches the address plays.

    Example: drill agents serve 8b1f0c2d4e5a --seed 7 --listen 127.0.0.1:8700
    """
    from harness.agentbench.harbor_task import scenario_of
    from harness.agentbench.task_drill import TaskDrill
    from harness.catalog.reader import Catalog
    from harness.paths import catalog_dir, home_dir

    scenario = scenario_of(Catalog(catalog_dir()), task, seed)
    found = TaskDrill(_place(listen), result or home_dir() / "result")
    offset = 10_000 if port_offset is None else port_offset
    asyncio.run(found.stand(scenario, seed, minutes, offset))
    say("it is over, and its record is kept; waiting for the end")
    signal.pause()


@app.command()
def reward(
    record: Annotated[Path, typer.Argument(help="The record of a drill that is over.")],
    scenario: Annotated[str, typer.Option(help="What it has to be of.")],
    seed: Annotated[int, typer.Option(help="What it has to be of.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The JSON file.")],
) -> None:
    """Write what a finished drill is worth as numbers, 1 where it was passed.

    Example: drill agents reward record.db --scenario deadlock --seed 7 -o reward.json
    """
    from harness.agentbench.past_grades import graded
    from harness.agentbench.past_grades import reward as worth

    found = graded(record)
    if (found.scenario, found.seed) != (scenario, seed):
        raise UsageError("the record is of another drill", "each task has its own test script")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(worth(found)) + "\n", encoding="utf-8")
    say(output.read_text(encoding="utf-8").strip())


def _command(
    text: str | None,
    time_s: float,
    show: list[Path] | None,
    reach: list[str] | None,
    passed: list[str] | None,
) -> BenchCommand | None:
    """The program that plays, if one was given. Raises UsageError for text that is no command."""
    from harness.agentbench.entrants import Command as Given

    if text is None:
        return None
    try:
        argv = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"--command: {error}", "quote it as a shell would read it") from None
    shown = tuple(str(one.expanduser().absolute()) for one in show or ())
    return Given(argv, time_s, shown, tuple(reach or ()), tuple(passed or ()))


def _place(listen: str) -> tuple[str, int]:
    """An address and its port. Raises UsageError."""
    name, _, port = listen.rpartition(":")
    if not name or not port.isdigit() or not 0 < int(port) < 65_536:
        raise UsageError(f"'{listen[:100]}' is no place to listen", "such as 127.0.0.1:8700")
    return name, int(port)


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
