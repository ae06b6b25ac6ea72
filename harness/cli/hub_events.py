"""`drill event`: several teams with one drill, at a hub: prepared, begun together, led, ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from harness.cli.hub_client import hub_client, hub_url
from harness.cli.panels import Commands
from harness.drill_client import DrillClient
from harness.errors import DrillError, UsageError
from harness.terminal import AsJson, data, line, say, show_table
from harness.waiting import wait_until_sync

File = Annotated[Path, typer.Argument(help="The event's file, for example event.toml.")]
EventId = Annotated[
    str, typer.Option("--event", help="Its id; default: the newest that is not over.")
]
COLUMNS = ["team", "drill", "run", "console"]
GOING_ON = ("starting", "running")
END_TIMEOUT_S = 180.0
"""A drill that ends takes its shop down first."""

event = typer.Typer(
    help="Run one drill for several teams: an event, of event.toml.", no_args_is_help=True
)


@event.command()
def check(file: File, as_json: AsJson = False) -> None:
    """Check a file and the hub's machine; nothing is made.

    Example: drill event check event.toml
    """
    with hub_client() as client:
        figures = client.post("/v1/event-checks", _order(client, file))
    if as_json:
        data(figures)
        return
    line(
        f"{figures['teams']} teams take {figures['cores_needed']:g} cores and"
        f" {figures['mib_needed']} MiB; this machine has {figures['cores']} cores and"
        f" {figures['free_mib']} MiB free, and {figures['running']} drills run"
    )
    if figures["room"] < figures["teams"]:
        say(f"it holds {figures['room']} drills more just now: end others before the start")


@event.command()
def up(file: File, as_json: AsJson = False) -> None:
    """Prepare an event: make its teams, print each team's invite once.

    Example: drill event up event.toml
    """
    with hub_client() as client:
        made = client.post("/v1/events", _order(client, file))
    if as_json:
        data(made)
        return
    line(made["event"]["id"])
    for one in made["invites"]:
        line(f"{one['team']}: {one['link']}")
    say(f"each team's link lets {made['invites'][0]['uses_left']} people in")
    say(f"the board: {hub_url()}/#/events; {_begins(made['event'])}")


@event.command()
def status(event_id: EventId = "", as_json: AsJson = False) -> None:
    """Show an event and what each team's drill is doing.

    Example: drill event status
    """
    with hub_client() as client:
        found = _meant(client, event_id)
    if as_json:
        data(found)
        return
    drawn = f": {found['scenario']}, seed {found['seed']}" if found["scenario"] else ""
    line(f"{found['id']} {found['title']} ({found['state']}){drawn}", "strong")
    if found["problem"]:
        line(f"it did not start at its time: {found['problem']}", "bad")
    show_table([_row(one) for one in found["teams"]], COLUMNS)


@event.command()
def start(event_id: EventId = "", as_json: AsJson = False) -> None:
    """Begin all teams' drills together, or none of them.

    Example: drill event start
    """
    _act(event_id, "start", {}, "its drill starts", as_json)


@event.command()
def message(
    text: Annotated[str, typer.Argument(help="What they are told.")],
    team: Annotated[str, typer.Option(help="This team alone; default: all of them.")] = "",
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Tell all teams something, or one of them.

    Example: drill event message "Ten minutes left" --team red
    """
    _act(event_id, "messages", {"text": text, "team": team}, "told", as_json)


@event.command()
def reveal(event_id: EventId = "", as_json: AsJson = False) -> None:
    """Tell every team the answer, and open the seal that proves it.

    Example: drill event reveal
    """
    _act(event_id, "reveal", {}, "told the answer", as_json)


@event.command()
def restart(
    team: Annotated[str, typer.Argument(help="The team whose drill died.")],
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Begin a team's drill again where it stood when its process died.

    Example: drill event restart red
    """
    with hub_client() as client:
        found = client.post(f"{_path(_meant(client, event_id)['id'])}/restarts", {"team": team})
    if as_json:
        data(found)
    else:
        say(f"{team}: its drill starts again; `drill event status` shows when it answers")


@event.command()
def down(
    event_id: EventId = "",
    wait: Annotated[bool, typer.Option(help="Until the last drill has ended.")] = True,
    as_json: AsJson = False,
) -> None:
    """End all teams' drills with their scorecards, and the invites.

    Example: drill event down
    """
    with hub_client() as client:
        answer = client.post(f"{_path(_meant(client, event_id)['id'])}/down")
        problems = _told(answer, "it ends", as_json)
        if wait and not problems:
            place = _path(answer["event"]["id"])
            wait_until_sync(
                lambda: not _going_on(client.get(place)),
                timeout_s=END_TIMEOUT_S,
                what="all drills of the event to end",
                interval_s=1.0,
            )
    _fail_for(problems)


@event.command()
def export(
    event_id: EventId = "",
    output: Annotated[
        Path | None, typer.Option(help="A folder; default: one named by the event's id.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of an event: a page, two tables as CSV, the data as JSON.

    Example: drill event export --output game-day
    """
    from harness.events.report_files import write_report

    with hub_client() as client:
        meant = _meant(client, event_id)
        report = client.get(f"{_path(meant['id'])}/report")
    if as_json:
        data(report)
        return
    for path in write_report(report, output or Path(meant["id"])):
        line(str(path))


def _order(client: DrillClient, file: Path) -> dict[str, Any]:
    """What a file orders of the hub. Raises BadFile with the line of a mistake."""
    from harness.events.event_file import read_event  # pydantic: other commands do not wait for it

    known = client.get("/v1/scenarios")
    names = [one["id"] for one in known["scenarios"]]
    return read_event(file, scenarios=names, agendas=known["agendas"]).to_json()


def _path(event_id: str) -> str:
    return f"/v1/events/{quote(event_id, safe='')}"


def _meant(client: DrillClient, event_id: str) -> dict[str, Any]:
    """The event of that id; else the newest that is not over. Raises UsageError for none."""
    if event_id:
        found: dict[str, Any] = client.get(_path(event_id))
        return found
    listed: list[dict[str, Any]] = client.get("/v1/events")
    if not listed:
        raise UsageError("there is no event here for you", "make one: drill event up event.toml")
    return next((one for one in listed if one["state"] != "over"), listed[0])


def _act(event_id: str, act: str, body: dict[str, Any], done: str, as_json: bool) -> None:
    with hub_client() as client:
        answer = client.post(f"{_path(_meant(client, event_id)['id'])}/{act}", body)
    _fail_for(_told(answer, done, as_json))


def _told(answer: dict[str, Any], done: str, as_json: bool) -> list[dict[str, Any]]:
    """Say what became of each team; those for which it was not done."""
    if as_json:
        data(answer)
    else:
        for one in answer["teams"]:
            line(f"{one['team']}: {one['problem'] or done}", "bad" if one["problem"] else "")
    return [one for one in answer["teams"] if one["problem"]]


def _fail_for(problems: list[dict[str, Any]]) -> None:
    if problems:
        names = ", ".join(one["team"] for one in problems)
        raise DrillError(f"not done for: {names}", "see `drill event status`, then try again")


def _going_on(found: dict[str, Any]) -> bool:
    return any(one["phase"] in GOING_ON for one in found["teams"])


def _begins(found: dict[str, Any]) -> str:
    if found["starts_ms"] is None:
        return "`drill event start` begins it"
    at = datetime.fromtimestamp(found["starts_ms"] / 1000, UTC)
    return f"it begins by itself at {at:%Y-%m-%d %H:%M:%S} UTC, or by `drill event start`"


def _row(team: dict[str, Any]) -> dict[str, Any]:
    run = team["run_id"]
    return {
        "team": team["team"],
        "drill": team["phase"] or "not begun",
        "run": run or "",
        "console": f"{hub_url()}/drills/{run}/" if run else "",
    }


COMMANDS: Commands = {"Start": (("event", event),)}
