"""`/mcp`: the tools over HTTP, by a participant's token. Each message stands alone."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from urllib.parse import unquote

import anyio
from starlette.types import Receive, Scope, Send

from harness.agents.calls import Player
from harness.agents.toolbox import Seat
from harness.agents.workspace_files import WorkspaceFiles
from harness.api.problems import Problem, problem_of
from harness.drill.session import Session
from harness.drill_client import DrillClient
from harness.errors import DrillError, EnvironmentMissing

NAME, ROLE = "agent", "on-call"
AT_ONCE_MAX = 8
"""Calls of all agents that run beside each other; further ones wait."""


class HttpDoor:
    """Lets agents in to one drill. Who comes is known already: their token was right."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seated: set[str] = set()
        self._limit: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message."""
        told = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
        token = told.get("authorization", "").partition(" ")[2]
        person = unquote(told.get("x-person", ""))[:200] or NAME
        self._limit = self._limit or anyio.CapacityLimiter(AT_ONCE_MAX)
        url = self._session.spec.places.api_url
        try:
            # Loading the protocol's SDK takes seconds, in which others are answered.
            served = await asyncio.to_thread(_sdk)
            with DrillClient(url, token, person=person) as client:
                await asyncio.to_thread(self._take_seat, client, person)
                await served(Player(self._seat(client)), self._limit, scope, receive, send)
        except DrillError as error:
            await Problem(**problem_of(error))(scope, receive, send)

    def _seat(self, client: DrillClient) -> Seat:
        """At a hub the workspace is a clone of the agent's own, on its own machine."""
        spec = self._session.spec
        files = None if spec.people_known else WorkspaceFiles(spec.run_dir / "workspace")
        return Seat(client, files)

    def _take_seat(self, client: DrillClient, person: str) -> None:
        """So that what an agent writes is known to be its own. One that comes too late to take the
        role plays without."""
        if person in self._seated:
            return
        self._seated.add(person)
        try:
            client.post("/v1/roles/join", {"person": person, "role": ROLE, "is_agent": True})
        except DrillError:
            return


def _sdk() -> Any:
    try:
        from harness.agents.mcp_server import serve_message
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise EnvironmentMissing(
            "the package mcp is not installed where the drill runs", "pip install '.[agents]'"
        ) from None
    return partial(serve_message)
