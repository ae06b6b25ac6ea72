"""`drill open`: the way into the console, a link per role."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from harness.cli.api_client import active_drill, profile_meant, token_of
from harness.cli.panels import Commands
from harness.model import Role
from harness.terminal import line, link_of


def open_(
    role: Annotated[Role, typer.Option(help="The role to open the console as.")] = Role.PARTICIPANT,
    browser: Annotated[bool, typer.Option(help="Also open the link in a browser.")] = True,
) -> None:
    """Print the console's link for a role, and open it.

    Example: drill open --role instructor
    """
    if (elsewhere := profile_meant()) is not None:
        _show(
            link_of(f"{elsewhere.place.url}/drills/{elsewhere.going_on()}", elsewhere.token),
            browser,
        )
        return
    drill = active_drill()
    _show(link_of(drill.api_url, token_of(drill, role)), browser)


def _show(link: str, browser: bool) -> None:
    line(link)
    if browser:
        webbrowser.open(link)


open_.__name__ = "open"


COMMANDS: Commands = {"Start": (open_,)}
