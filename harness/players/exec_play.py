"""A drill that a program plays: an agent that brings its own loop, behind a fence.

It is given the address of the tools, the task, a folder of its own, and its model; there is nothing
else to see and nobody else to speak to. When its time is over, it is killed with all that it began.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from harness.agents import fenced_start
from harness.agents.budgets import Spent
from harness.agents.fence_gate import Reached, ToolsOnly, serving_places, serving_tools
from harness.agents.model_loop import Ended
from harness.child_env import program_env
from harness.drill.session import Session
from harness.errors import EnvironmentMissing, UsageError
from harness.paths import REPO, home_dir
from harness.players.agent_play import PERSON, AgentPlay
from harness.players.responder_player import participant_token
from harness.record.events import ToolCalled

TOOLS, PROXY = "tools", "proxy"
TOOLS_PORT, PROXY_PORT = 8700, 8701
"""On the agent's own 127.0.0.1, which nobody shares."""
TASK, CLIENT = "task.md", "mcp.json"
MODEL_VARIABLES = ("OPENAI_*", "ANTHROPIC_*")
LINE_CHARS = 300
LINE_BYTES_MAX = 1_000_000
SAID_MAX = 2_000
"""Lines that are passed on; it may print what it likes beyond them."""


@dataclass(frozen=True)
class Program:
    """What is started, and what it may see and reach besides the tools."""

    argv: tuple[str, ...]
    time_s: float
    shown: tuple[Path, ...] = ()
    reached: tuple[Reached, ...] = ()
    passed: tuple[str, ...] = ()
    """Variables of the environment, as patterns, beside those of the model's clients."""
    hidden: tuple[Path, ...] = ()
    """What it never sees, beside the repository and the home."""

    def __post_init__(self) -> None:
        if not self.argv:
            raise UsageError("which program plays?", "drill demo SCENARIO --player exec -- COMMAND")
        if not 0 < self.time_s < float("inf"):
            raise UsageError("a budget of time is a number above 0")
        for one in self.shown:
            for kept in self.all_hidden():
                shows = kept.is_relative_to(one.resolve())
                inside = one.resolve().is_relative_to(kept) and not _is_environment(one)
                if shows or inside:
                    raise UsageError(f"{one} may not be shown: it is of the drill or holds it")

    def all_hidden(self) -> tuple[Path, ...]:
        """What it never sees, wherever it lies."""
        return (*_hidden(), *(one.resolve() for one in self.hidden))


class ExecPlay(AgentPlay):
    """A program that brings its own loop."""

    def __init__(self, program: Program, say: Callable[[str], None]) -> None:
        super().__init__("exec", Path(program.argv[0]).name, say)
        self._program = program

    async def _played(self, session: Session, told_task: str) -> tuple[Ended, Spent]:
        spent = Spent()
        spec = session.spec
        async with AsyncExitStack() as stack:
            room = stack.enter_context(tempfile.TemporaryDirectory(prefix="agent-"))
            folder, door = Path(room, "agent"), Path(room, "door")
            folder.mkdir(mode=0o700)
            door.mkdir(mode=0o700)
            tools = ToolsOnly(spec.places.api_url, participant_token(spec), PERSON)
            await stack.enter_async_context(serving_tools(tools, door / TOOLS))
            ports = await stack.enter_async_context(
                serving_places(self._program.reached, door, PROXY)
            )
            asked = self._asked(folder, door, ports, told_task)
            ended = await self._run(asked)
        calls = [one.event for one in session.story().of(ToolCalled) if one.event.by == PERSON]
        spent.calls = sum(one.count for one in calls)
        if ended.ending == "finished" and not calls:
            ended = Ended("idle", "it ended without having used a tool")
        return ended, spent

    def _asked(
        self, folder: Path, door: Path, ports: Mapping[int, str], told_task: str
    ) -> dict[str, object]:
        url = f"http://127.0.0.1:{TOOLS_PORT}/mcp"
        server = {"type": "http", "url": url}
        (folder / TASK).write_text(told_task, encoding="utf-8")
        (folder / CLIENT).write_text(
            json.dumps({"mcpServers": {"drill": server}}), encoding="utf-8"
        )
        proxy = f"http://127.0.0.1:{PROXY_PORT}"
        return {
            "argv": self._program.argv,
            "env": program_env(
                (*MODEL_VARIABLES, *self._program.passed),
                HOME=str(folder),
                TMPDIR="/tmp",  # noqa: S108  the agent's own
                DRILL_MCP_URL=url,
                DRILL_MCP_CONFIG=str(folder / CLIENT),
                DRILL_TASK=str(folder / TASK),
                HTTPS_PROXY=proxy,
                https_proxy=proxy,
                NO_PROXY="127.0.0.1,localhost",
                no_proxy="127.0.0.1,localhost",
            ),
            "folder": str(folder),
            "door": str(door),
            "ports": {**ports, TOOLS_PORT: TOOLS, PROXY_PORT: PROXY},
            "shown": [str(one.resolve()) for one in self._program.shown],
            "hidden": [str(one) for one in self._program.all_hidden()],
        }

    async def _run(self, asked: Mapping[str, object]) -> Ended:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(Path(fenced_start.__file__))),
            env=program_env(),
            cwd="/",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_BYTES_MAX,
        )
        assert process.stdin is not None and process.stdout is not None  # noqa: S101,PT018  pipes
        said: list[str] = []
        try:
            process.stdin.write(json.dumps(asked).encode())
            process.stdin.close()
            async with asyncio.timeout(self._program.time_s):
                await self._listen(process.stdout, said)
                code = await process.wait()
        except TimeoutError:
            return Ended("time", f"the {self._program.time_s:g} s are over")
        finally:
            if process.returncode is None:
                process.kill()  # the kernel ends whatever is behind the fence with it
                await process.wait()
        if code == fenced_start.NO_FENCE:
            raise EnvironmentMissing(
                f"there is no fence for an agent here: {' '.join(said[-1:])}",
                "let this user make user namespaces, or start the agent yourself: docs/agents.md",
            )
        if code != 0:
            return Ended("failed", f"its program ended with exit code {code}")
        return Ended("finished", "its program ended")

    async def _listen(self, printed: asyncio.StreamReader, said: list[str]) -> None:
        """Pass on what it prints, within bounds; the rest is read and let go."""
        while piece := await printed.read(LINE_BYTES_MAX):
            for line in piece.decode(errors="replace").splitlines():
                if len(said) < SAID_MAX and line.strip():
                    said.append(line[:LINE_CHARS])
                    self.say(f"{PERSON}: {line[:LINE_CHARS]}")


def model_places(also: Sequence[str] = ()) -> tuple[Reached, ...]:
    """Where models are, as the vendors' own clients name it; and what is named besides."""
    named = [os.environ.get(f"{one}_BASE_URL", "") for one in ("OPENAI", "ANTHROPIC")]
    if os.environ.get("OPENAI_API_KEY") and not named[0]:
        named.append("https://api.openai.com")
    if os.environ.get("ANTHROPIC_API_KEY") and not named[1]:
        named.append("https://api.anthropic.com")
    return tuple(Reached.read(one) for one in [*named, *also] if one)


def _hidden() -> tuple[Path, ...]:
    """What no agent sees, wherever it lies: the repository with its answers, and the drill's home
    with record and tokens."""
    return REPO.resolve(), home_dir().resolve()


def _is_environment(path: Path) -> bool:
    """Whether it is the Python environment alone, which holds none of that."""
    return path.resolve() == Path(sys.prefix).resolve()
