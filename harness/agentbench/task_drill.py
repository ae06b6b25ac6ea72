"""A drill that stands for whoever comes by the tools: no token, nothing but `/mcp`, one agent.

It is what a task's container runs. The exercise begins with the first message, since whoever runs
tasks may need minutes to install an agent; what is left in the end is the record.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import Receive, Scope, Send

from harness.agents.fence_gate import Place, ToolsOnly, serving_tools
from harness.drill.session import Session
from harness.errors import DrillError
from harness.host.lifecycle import host
from harness.matrix.worker import PACE
from harness.players.agent_play import PERSON
from harness.players.responder_player import participant_token
from harness.settings import HostSettings

AGENDA = "solo"
RECORD = "record.db"


class FirstMessage:
    """The tools, and whether anybody has asked for anything yet."""

    def __init__(self, tools: ToolsOnly) -> None:
        self._tools = tools
        self.came = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message."""
        if scope["type"] == "http":
            self.came.set()
        await self._tools(scope, receive, send)

    async def close(self) -> None:
        """Close the connections."""
        await self._tools.close()


class TaskDrill:
    """One drill for one agent."""

    def __init__(self, place: Place, result: Path) -> None:
        self._place, self._result = place, result
        self._run_dir: Path | None = None

    async def stand(self, scenario: str, seed: int, minutes: float, port_offset: int) -> None:
        """Run it until it is finished or its time is over, then leave its record in the result's
        folder. Raises DrillError where it failed, which is nothing that an agent did."""
        settings = HostSettings(
            scenario=scenario,
            seed=seed,
            agenda=AGENDA,
            port_offset=port_offset,
            time_limit_minutes=minutes,
            **PACE["responder"],  # type: ignore[arg-type]
        )
        outcome = await host(settings, player=None, view=self.shown, quiet=True)
        if outcome.error is not None or self._run_dir is None:
            raise outcome.error or DrillError(f"the drill has not begun: {outcome.reason}", "")
        self._leave(self._run_dir / RECORD)

    @asynccontextmanager
    async def shown(self, session: Session) -> AsyncIterator[None]:
        """Serve the tools; the block is entered with the first message."""
        spec = session.spec
        self._run_dir = spec.run_dir
        tools = FirstMessage(ToolsOnly(spec.places.api_url, participant_token(spec), PERSON))
        async with serving_tools(tools, self._place):
            await tools.came.wait()
            yield

    def _leave(self, record: Path) -> None:
        """Whole or not at all: whoever sees the file may take it away."""
        self._result.mkdir(parents=True, exist_ok=True)
        draft = self._result / f"{RECORD}.new"
        shutil.copyfile(record, draft)
        draft.replace(self._result / RECORD)
