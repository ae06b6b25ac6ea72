"""`drill login, logout`: being somebody at a hub from this machine."""

from __future__ import annotations

import getpass
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import typer

from harness.cli.panels import Commands
from harness.cli.profiles import HubPlace, Profile, Profiles, place_of
from harness.errors import DrillError, EnvironmentMissing, UsageError
from harness.terminal import AsJson, data, say, show_table

DEFAULT = "default"
COLUMNS = ["profile", "hub", "person", "chosen"]
ProfileName = Annotated[str, typer.Option("--profile", help="What this machine calls it.")]


def login(
    invite: Annotated[
        str, typer.Argument(help="The link that you were given; without it: who you are here.")
    ] = "",
    name: Annotated[
        str, typer.Option("--name", help="Your name there; default: the invite's, else yours here.")
    ] = "",
    profile: ProfileName = "",
    as_json: AsJson = False,
) -> None:
    """Sign in at a hub by an invite, for every command.

    Without an invite the profiles are listed, and with --profile alone another is chosen.

    Example: drill login 'https://hub.example:8700/#invite=…&fingerprint=…' --name ada
    """
    profiles = Profiles()
    if not invite:
        if profile:
            profiles.choose(profile)
        _list(profiles, as_json=as_json)
        return
    link = urlsplit(invite.strip())
    given = {key: values[0] for key, values in parse_qs(link.fragment).items()}
    if "invite" not in given:
        raise UsageError("this is no link of an invite", "copy all of it, in quotation marks")
    place = place_of(f"{link.scheme}://{link.netloc}", given.get("fingerprint", ""))
    signed_in = _joined(place, given["invite"], name)
    made = Profile(profile or DEFAULT, place, signed_in["token"], person=signed_in["name"])
    profiles.keep(made)
    if as_json:
        data({"profile": made.name, "hub": place.url, "person": made.person})
        return
    say(
        f"you are {made.person}, {signed_in['role']} in {signed_in['team']} at {place.url};"
        " see: drill status"
    )


def logout(profile: ProfileName = "", as_json: AsJson = False) -> None:
    """Revoke this machine's token of a hub, and forget it.

    Example: drill logout
    """
    profiles = Profiles()
    found = profiles.get(profile)
    if found is None:
        raise EnvironmentMissing("nobody is signed in here", "drill login INVITE")
    with suppress(DrillError):  # a hub that is gone keeps nobody signed in here
        found.client().post("/v1/me/sign-out")
    profiles.forget(found.name)
    if as_json:
        data({"profile": found.name, "hub": found.place.url, "person": found.person})
    else:
        say(f"{found.person} is signed out of {found.place.url}")


def _joined(place: HubPlace, code: str, name: str) -> Any:
    """Use the invite: under the name that is given, else that of the invite, else this user's."""
    client = place.client("")
    try:
        return client.post("/v1/join", {"code": code, "name": name})
    except UsageError:
        if name:
            raise
        return client.post("/v1/join", {"code": code, "name": getpass.getuser()})


def _list(profiles: Profiles, *, as_json: bool) -> None:
    rows = [
        {
            "profile": one.name,
            "hub": one.place.url,
            "person": one.person,
            "chosen": one.name == profiles.chosen,
        }
        for one in profiles.by_name.values()
    ]
    if as_json:
        data(rows)
    elif not rows:
        raise EnvironmentMissing("nobody is signed in here", "drill login INVITE")
    else:
        show_table(rows, COLUMNS)


COMMANDS: Commands = {"Start": (login, logout)}
