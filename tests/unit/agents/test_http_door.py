"""`/mcp` as agents meet it over HTTP: by the SDK's own client, and by whoever may not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from harness.agents.toolbox import TOOLS
from harness.record import events
from harness.tokens import Caller
from tests.unit.agents.conftest import Table
from tests.unit.agents.steps import FILE, STEPS

pytestmark = pytest.mark.live
ACCEPT = {"Accept": "application/json, text/event-stream"}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "page"}}


@asynccontextmanager
async def connected(table: Table) -> AsyncIterator[Client]:
    token = table.drill.tokens.token(Caller.PARTICIPANT)
    headers = {"Authorization": f"Bearer {token}", "X-Person": "robot"}
    async with httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as http:
        way = streamable_http_client(f"{table.drill.url}/mcp", http_client=http)
        async with Client(way, read_timeout_seconds=60) as client:
            yield client


async def test_every_tool_is_listed_and_called_and_every_call_is_in_the_record(
    table: Table,
) -> None:
    workspace = table.drill.session.spec.run_dir / "workspace" / FILE
    workspace.parent.mkdir(parents=True, exist_ok=True)
    workspace.write_text("connect_ms = 500\n")
    async with connected(table) as client:
        listed = [one.name for one in (await client.list_tools()).tools]
        answers = [await client.call_tool(name, arguments) for name, arguments in STEPS]
        resources = (await client.list_resources()).resources
        prompt = await client.get_prompt("on-call")
    assert listed == [one.name for one in TOOLS]
    assert [one.is_error for one in answers] == [False] * len(STEPS)
    assert len(resources) > 5
    assert "You are on call" in str(prompt.messages[0].content)
    assert [one.tool for one in table.calls()] == [name for name, _ in STEPS]
    assert {one.by for one in table.calls()} == {"robot"}
    joined = table.drill.session.story().of(events.RoleJoined)
    assert [one.event.person for one in joined].count("robot") == 1, "once, whatever it asks"


def posted(table: Table, body: Any = CALL, **headers: str) -> httpx.Response:
    return httpx.post(
        f"{table.drill.url}/mcp",
        content=body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers={**ACCEPT, "Content-Type": "application/json", **headers},
        timeout=30,
        trust_env=False,
    )


def test_nobody_comes_in_without_a_participants_token(table: Table) -> None:
    tokens = table.drill.tokens
    mine = {"Authorization": f"Bearer {tokens.token(Caller.PARTICIPANT)}"}
    assert posted(table).status_code == 401
    assert posted(table, Authorization="Bearer x").status_code == 401
    for other in (Caller.INSTRUCTOR, Caller.TELEMETRY):
        found = posted(table, Authorization=f"Bearer {tokens.token(other)}")
        assert found.status_code == 403, other
    assert posted(table, **mine, Origin="https://evil.test").status_code == 403
    assert posted(table, **mine, Host="evil.test").status_code == 421
    assert posted(table, b" " * 1_000_001, **mine).status_code == 413
    assert table.calls() == []
    assert posted(table, **mine).status_code == 200
    assert [one.tool for one in table.calls()] == ["page"], "the negative control"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"jsonrpc": "2.0"}', b"[" * 9000])
def test_what_is_no_message_is_refused_and_the_next_one_answered(table: Table, body: bytes) -> None:
    mine = {"Authorization": f"Bearer {table.drill.tokens.token(Caller.PARTICIPANT)}"}
    assert 400 <= posted(table, body, **mine).status_code < 500
    assert posted(table, **mine).status_code == 200


def test_there_is_nothing_to_listen_to_and_nothing_to_end(table: Table) -> None:
    mine = {"Authorization": f"Bearer {table.drill.tokens.token(Caller.PARTICIPANT)}"}
    for method in ("GET", "DELETE"):
        url = f"{table.drill.url}/mcp"
        found = httpx.request(method, url, headers=mine, timeout=30, trust_env=False)
        assert (found.status_code, found.headers["allow"]) == (405, "POST")
