"""`drill runs`: the hub's drills, started, listed, stopped and resumed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer

from harness.cli.hub_client import hub_client, hub_url
from harness.cli.panels import Commands
from harness.errors import UnknownName
from harness.terminal import AsJson, data, line, say, show_table

COLUMNS = ["run", "team", "phase", "scenario", "seed", "started", "by", "outcome"]
RunId = Annotated[str, typer.Argument(help="The run, as `drill runs list` shows it.")]

runs = typer.Typer(
    help="List the drills of the hub; start, stop, resume them.", no_args_is_help=True
)


@runs.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the hub's drills, newest first.

    Example: drill runs list --json
    """
    found = hub_client().get("/v1/runs")
    if as_json:
        data(found)
        return
    show_table([_row(one) for one in found], COLUMNS)


@runs.command()
def start(
    scenario: Annotated[str, typer.Argument(help="A scenario, a family, or `random`.")],
    team: Annotated[str, typer.Option(help="The team that has the drill.")],
    agenda: Annotated[str | None, typer.Option(help="Default: the scenario's.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed draws the same drill.")] = None,
    speed: Annotated[float, typer.Option(help="Speed of the agenda's clock.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Start a drill of a team.

    Example: drill runs start deadlock --team red
    """
    client = hub_client()
    teams = {one["name"]: one["id"] for one in client.get("/v1/teams")}
    if team not in teams:
        raise UnknownName("team", team, teams)
    order = {"scenario": scenario, "agenda": agenda, "seed": seed, "speed": speed}
    started = client.post(f"/v1/teams/{teams[team]}/runs", order)
    if as_json:
        data(started)
        return
    line(started["id"])
    say(f"it starts; its console will be at {hub_url()}/drills/{started['id']}/")


@runs.command()
def stop(run: RunId, as_json: AsJson = False) -> None:
    """End a drill with its scorecard; one that only starts is interrupted.

    Example: drill runs stop r-1f2e3d4c
    """
    _told(hub_client().post(f"/v1/runs/{quote(run, safe='')}/stop"), "it ends", as_json)


@runs.command()
def resume(run: RunId, as_json: AsJson = False) -> None:
    """Go on with a drill whose process died.

    Example: drill runs resume r-1f2e3d4c
    """
    _told(hub_client().post(f"/v1/runs/{quote(run, safe='')}/resume"), "it starts", as_json)


def _told(run: dict[str, Any], done: str, as_json: bool) -> None:
    if as_json:
        data(run)
    else:
        say(f"{run['id']}: {done}")


def _row(run: dict[str, Any]) -> dict[str, Any]:
    started = datetime.fromtimestamp(run["created_ms"] / 1000, UTC)
    return {
        **run,
        "run": run["id"],
        "started": f"{started:%Y-%m-%d %H:%M}",
        "by": run["started_by"],
    }


COMMANDS: Commands = {"Start": (("runs", runs),)}
