"""A drill that stands for one agent: when it begins, what is served, what is left."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx
import pytest

from harness.agentbench import harbor_solve, task_drill
from harness.agentbench.task_drill import TaskDrill
from harness.tokens import Caller
from harness.waiting import wait_until
from tests.unit.agents.conftest import Table, hand, session, table, trouble

__all__ = ["hand", "session", "table", "trouble"]

pytestmark = pytest.mark.live


async def test_it_begins_with_the_first_message_and_serves_nothing_but_the_tools(
    table: Table, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free_tcp_port: int
) -> None:
    token = table.drill.tokens.token(Caller.PARTICIPANT)
    monkeypatch.setattr(task_drill, "participant_token", lambda _: token)
    port = free_tcp_port
    monkeypatch.setattr(harbor_solve, "URL", f"http://127.0.0.1:{port}/mcp")
    found = TaskDrill(("127.0.0.1", port), tmp_path / "result")
    has_begun = asyncio.Event()

    async def standing() -> None:
        async with found.shown(table.drill.session):
            has_begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(standing())

    async def listens() -> bool | None:
        return await asyncio.to_thread(_listens, port) or None

    async with asyncio.timeout(20):
        await wait_until(listens, timeout_s=10, what="the tools")
        assert not has_begun.is_set(), "whoever only connects has not begun"
        answer = await asyncio.to_thread(harbor_solve.call, "page")
        await has_begun.wait()
    assert isinstance(answer, list)
    with pytest.raises(harbor_solve.Refused):
        await asyncio.to_thread(harbor_solve.call, "nonsense")
    for path in ("/v1/status", "/v1/answer", "/v1/finish", "/"):
        url = f"http://127.0.0.1:{port}{path}"
        assert (await asyncio.to_thread(httpx.get, url, trust_env=False)).status_code == 404
    assert [one.tool for one in table.calls()] == ["page", "unknown"]
    assert {one.by for one in table.calls()} == {"agent"}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_a_record_is_left_whole(tmp_path: Path) -> None:
    record = tmp_path / "record.db"
    record.write_bytes(b"events")
    result = tmp_path / "result"
    TaskDrill(("127.0.0.1", 1), result)._leave(record)
    assert [(one.name, one.read_bytes()) for one in result.iterdir()] == [("record.db", b"events")]
