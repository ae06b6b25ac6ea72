"""`drill mcp` as an agent meets it: a process that the SDK's own client starts and asks."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import Client, MCPError, StdioServerParameters

from harness.agents.toolbox import TOOLS, Effect
from harness.child_env import program_env
from harness.drill_client import DrillClient
from harness.paths import REPO
from harness.record import events
from tests.unit.agents.conftest import Table
from tests.unit.agents.steps import FILE, STEPS

pytestmark = pytest.mark.live

START = "from harness.cli.main import main; main()"


def server(table: Table, *options: str) -> StdioServerParameters:
    """How an agent's client starts the command."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-c", START, "mcp", "--person", "robot", *options],
        env=program_env(DRILL_HOME=str(table.home), XDG_CONFIG_HOME=str(table.home)),
        cwd=str(REPO),
    )


@asynccontextmanager
async def connected(table: Table) -> AsyncIterator[Client]:
    async with Client(server(table), read_timeout_seconds=60) as client:
        yield client


async def test_every_tool_is_listed_and_called_and_every_call_is_in_the_record(
    table: Table,
) -> None:
    said: list[str | None] = []

    async def heard(progress: float, total: float | None, message: str | None) -> None:
        said.append(message)

    async with connected(table) as client:
        listed = {one.name: one for one in (await client.list_tools()).tools}
        answers = [
            (name, await client.call_tool(name, arguments, progress_callback=heard))
            for name, arguments in STEPS
        ]
    assert list(listed) == [one.name for one in TOOLS]
    for tool in TOOLS:
        hints = listed[tool.name].annotations
        assert hints is not None
        assert hints.read_only_hint is (tool.effect is Effect.READS)
        assert hints.destructive_hint is (tool.effect is Effect.CHANGES)
    wrong = [(name, one.content) for name, one in answers if one.is_error]
    assert wrong == []
    for _, one in answers:
        assert one.structured_content == json.loads(one.content[0].text)  # type: ignore[union-attr]
        assert one.structured_content["left_out"] == []
    called = table.calls()
    assert [one.tool for one in called] == [name for name, _ in STEPS]
    assert {one.by for one in called} == {"robot"}
    assert {one.outcome for one in called} == {"answered"}
    assert any(said), "a long operation tells how far it is"
    assert (table.workspace / FILE).read_text() == "connect_ms = 5000\n"


async def test_what_is_done_is_the_players_as_if_typed_by_hand(table: Table) -> None:
    async with connected(table) as client:
        for step in STEPS:
            if step[0] in ("ack", "diagnose", "hypotheses"):
                await client.call_tool(*step)
    story = table.drill.session.story()
    assert {one.event.person for one in story.of(events.RoleJoined)} >= {"robot"}
    assert story.of(events.PageAcknowledged)[-1].event.by == "robot"
    assert story.of(events.DiagnosisDeclared)[-1].event.by == "robot"
    assert story.of(events.HypothesesRevised)[-1].event.by == "robot"


async def test_who_acts_in_a_terminal_stays_who_that_was_whoever_comes_as_an_agent(
    table: Table, capfd: pytest.CaptureFixture[str]
) -> None:
    """Twice: the second time it has its role already."""
    terminal = table.client(person="")
    assert written_by(table, terminal) == "Ada"
    for _ in range(2):
        async with connected(table) as client:
            await client.call_tool("status", {})
    assert written_by(table, terminal) == "Ada"
    assert "has not taken" not in capfd.readouterr().err
    joined = [one.event for one in table.drill.session.story().of(events.RoleJoined)]
    assert [one.is_agent for one in joined if one.person == "robot"] == [True]


def written_by(table: Table, client: DrillClient) -> str:
    client.post("/v1/notes", {"text": "a line"})
    return table.drill.session.story().of(events.NoteAdded)[-1].event.by


MISTAKES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("rollbak", {}, "did you mean rollback"),
    ("logs", {"servce": "payments"}, "did you mean service"),
    ("logs", {"limit": 10**6}, "limit: "),
    ("diff", {}, "'service' is missing"),
    ("rollback", {"service": "paymnts", "no_plan": True}, "did you mean payments"),
    ("traces", {"trace_id": "../answer"}, "trace_id: "),
    ("read_file", {"path": "../secrets/instructor.token"}, "is not in the workspace"),
    ("write_file", {"path": ".git/hooks/pre-commit", "text": "x"}, "is not in the workspace"),
)


async def test_a_mistake_is_answered_with_what_to_do_and_is_in_the_record(table: Table) -> None:
    async with connected(table) as client:
        found = [await client.call_tool(name, given) for name, given, _ in MISTAKES]
    assert all(one.is_error for one in found)
    texts = [one.content[0].text for one in found]  # type: ignore[union-attr]
    assert [words in text for text, (*_, words) in zip(texts, MISTAKES, strict=True)] == [
        True for _ in MISTAKES
    ], texts
    assert "Traceback" not in "".join(texts)
    called = table.calls()
    assert [one.tool for one in called] == ["unknown", *(name for name, *_ in MISTAKES[1:])]
    assert all(one.outcome == "refused" and one.reason for one in called)


async def test_the_page_the_runbooks_and_the_task_are_to_be_read(table: Table) -> None:
    async with connected(table) as client:
        found = [one.uri for one in (await client.list_resources()).resources]
        page = await client.read_resource("drill://participant")
        book = await client.read_resource("drill://runbooks/PaymentsFailing")
        prompts = [one.name for one in (await client.list_prompts()).prompts]
        prompt = await client.get_prompt(prompts[0])
        with pytest.raises(MCPError, match="did you mean drill://runbooks/PaymentsFailing"):
            await client.read_resource("drill://runbooks/PaymentFailing")
    assert len(found) > 5
    assert "carry the pager" in page.contents[0].text  # type: ignore[union-attr]
    assert book.contents[0].text  # type: ignore[union-attr]
    assert "You are on call for a shop" in prompt.messages[0].content.text  # type: ignore[union-attr]
    assert [one.tool for one in table.calls()] == ["read_resource"] * 3


async def test_a_drill_that_is_over_is_said_to_be(table: Table) -> None:
    async with connected(table) as client:
        table.drill.session.run.end("time")
        found = await client.call_tool("status", {})
    assert found.is_error
    assert "the drill is over" in found.content[0].text  # type: ignore[union-attr]
