"""`drill people`: who may come into the hub, and as what."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from harness.cli.hub_client import hub_client
from harness.cli.panels import Commands
from harness.errors import UnknownName
from harness.terminal import AsJson, data, line, say, show_table

ROLES = ("instructor", "participant", "observer")

people = typer.Typer(
    help="List the people of the hub, invite and revoke them.", no_args_is_help=True
)


@people.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the people of the hub, with their teams.

    Example: drill people list
    """
    found = hub_client().get("/v1/people")
    if as_json:
        data(found)
        return
    show_table([_row(one) for one in found], ["person", "name", "teams", "revoked"])


@people.command()
def invite(
    team: Annotated[str, typer.Argument(help="The team; a new one is made.")],
    role: Annotated[str, typer.Option(help=", ".join(ROLES))] = "participant",
    name: Annotated[
        str | None, typer.Option("--for", help="For this one person; else for whoever has it.")
    ] = None,
    uses: Annotated[int | None, typer.Option(help="How many people; default 1.")] = None,
    hours: Annotated[float | None, typer.Option(help="Until then, for all who come.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an invite, and print its link once.

    Example: drill people invite red --role participant --hours 4
    """
    if role not in ROLES:
        raise UnknownName("role", role, ROLES)
    client = hub_client()
    teams = {one["name"]: one["id"] for one in client.get("/v1/teams")}
    team_id = teams.get(team) or client.post("/v1/teams", {"name": team})["id"]
    body = {
        "role": role,
        "person": name,
        "uses": uses if uses is not None or hours is not None else 1,
        "minutes": None if hours is None else max(1, round(hours * 60)),
    }
    made = client.post(f"/v1/teams/{team_id}/invites", body)
    if as_json:
        data(made)
        return
    line(made["link"])
    say(f"whoever opens it is {role} in {team}; `drill people uninvite {made['id']}` ends it")


@people.command()
def uninvite(
    invite: Annotated[str, typer.Argument(help="The invite's id.")], as_json: AsJson = False
) -> None:
    """Revoke an invite: nobody else comes in by it.

    Example: drill people uninvite i-1f2e3d4c
    """
    _done(hub_client().post(f"/v1/invites/{quote(invite, safe='')}/revoke"), as_json)


@people.command()
def revoke(
    person: Annotated[str, typer.Argument(help="The person's name or id.")],
    as_json: AsJson = False,
) -> None:
    """Revoke all tokens of a person, at once.

    Example: drill people revoke ada
    """
    _done(hub_client().post(f"/v1/people/{quote(person, safe='')}/revoke"), as_json)


def _done(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        data(answer)
    else:
        say("done")


def _row(person: dict[str, Any]) -> dict[str, Any]:
    teams = ", ".join(f"{team} ({role})" for team, role in sorted(person["teams"].items()))
    return {
        "person": person["id"],
        "name": person["name"],
        "teams": "the whole hub" if person["is_manager"] else teams,
        "revoked": person["is_revoked"],
    }


COMMANDS: Commands = {"Start": (("people", people),)}
