"""`drill mcp`: the drill as tools of an agent that speaks the Model Context Protocol."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli.api_client import drill_client, profile_meant
from harness.cli.panels import Commands
from harness.cli.profiles import PROFILE, URL
from harness.errors import DrillError, EnvironmentMissing, UsageError
from harness.model import Role
from harness.paths import home_dir
from harness.terminal import data, say

if TYPE_CHECKING:
    from harness.agents.toolbox import Seat
    from harness.drill_client import DrillClient


def mcp(
    person: Annotated[
        str, typer.Option("--person", help="The agent's name in the drill; at a hub, yours.")
    ] = "agent",
    role: Annotated[
        str, typer.Option("--role", help="The role that it takes; list them with `drill roles`.")
    ] = "on-call",
    workspace: Annotated[
        Path | None, typer.Option("--workspace", help="At a hub: the folder of `drill git clone`.")
    ] = None,
    config: Annotated[
        bool, typer.Option("--config", help="Print what an agent's client reads to start this.")
    ] = False,
) -> None:
    """Serve the drill to an agent, over stdio.

    The agent has the tools of a participant, and every call of one is in the record. An agent's
    client starts this by itself, as --config says it: see docs/agents.md.

    Example: drill mcp --config --person my-agent
    """
    if config:
        data(_settings(person, role, workspace))
        return
    try:
        from harness.agents.calls import Player
        from harness.agents.mcp_server import serve_stdio
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise EnvironmentMissing(
            "this command needs the package mcp, which is not installed",
            "make setup in a checkout, or pip install '.[agents]'",
        ) from None
    seat = _taken(person, role, workspace)
    say("the drill is served on standard input and output; an agent's client asks there")
    asyncio.run(serve_stdio(Player(seat)))


def _settings(person: str, role: str, workspace: Path | None) -> dict[str, Any]:
    """How a client starts this command, in the form that most of them read. No token is in it."""
    command = shutil.which(sys.argv[0]) or sys.argv[0]
    arguments = ["mcp", "--person", person, "--role", role]
    if workspace is not None:
        arguments += ["--workspace", str(workspace.resolve())]
    env = {"DRILL_HOME": str(home_dir())}
    if (profile := profile_meant()) is not None and profile.name != URL:
        env[PROFILE] = profile.name
    server = {"command": str(Path(command).resolve()), "args": arguments, "env": env}
    return {"mcpServers": {"drill": server}}


def _taken(person: str, role: str, workspace: Path | None) -> Seat:
    """The agent's seat: as a participant who has a name and a role, so that what it writes is known
    to be its own. Raises EnvironmentMissing where no drill is running."""
    from harness.agents.toolbox import Seat
    from harness.agents.workspace_files import WorkspaceFiles

    profile = profile_meant()
    client = drill_client(Role.PARTICIPANT, person)
    name = profile.person if profile is not None else person
    try:
        _join(client, name, role)
    except DrillError as error:
        say(f"{name or 'the agent'} has not taken the role {role}: {error}")
    if profile is not None:
        if workspace is not None and not (workspace / ".git").exists():
            raise UsageError(f"{workspace} is no clone", "drill git clone shop makes one")
        files = WorkspaceFiles(workspace, is_pushed=True) if workspace else None
        return Seat(client, files)
    place = Path(client.get("/v1/status")["places"]["workspace"])
    return Seat(client, WorkspaceFiles(workspace or place))


def _join(client: DrillClient, name: str, role: str) -> None:
    """Take the role, unless the agent has it from an earlier time. Raises DrillError."""
    held = {one["id"]: one["people"] for one in client.get("/v1/roles")}
    if name not in held.get(role, ()):
        client.post("/v1/roles/join", {"person": name, "role": role, "is_agent": True})


COMMANDS: Commands = {"Act": (mcp,)}
