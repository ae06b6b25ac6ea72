"""What an agent may do and how much of it: no more than a participant, and within bounds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harness.agents import calls
from harness.agents.calls import ARGUMENTS_CHARS_MAX, RECORDED_CHARS
from harness.api.access import INSTRUCTOR, policy_of
from harness.api.app import ROUTERS
from harness.drill_client import DrillClient
from harness.errors import DrillError, UsageError
from harness.tokens import Caller
from harness.waiting import wait_until_sync
from tests.unit.agents.conftest import Table

RESERVED = sorted(
    key for key, callers in policy_of(ROUTERS).rules.items() if callers == INSTRUCTOR.callers
)


def ignore(_: str) -> None:
    """Progress that nobody hears."""


def refusal(client: DrillClient, method: str, path: str) -> str:
    """Why the API refuses; empty where it answers, or finds fault with the request alone."""
    try:
        client.get(path) if method == "GET" else client.post(path)
    except DrillError as error:
        return error.message if "may not do this" in error.message else ""
    return ""


def test_every_route_of_the_instructor_is_refused_to_an_agents_token(table: Table) -> None:
    client = table.player().seat.client
    refused = [refusal(client, method, path) for method, path in RESERVED]
    assert refused == ["a participant may not do this"] * len(RESERVED)
    assert len(RESERVED) > 10


def test_with_another_token_none_of_them_would_be(table: Table) -> None:
    client = table.player(Caller.INSTRUCTOR).seat.client
    assert [refusal(client, method, path) for method, path in RESERVED] == [""] * len(RESERVED)


def test_what_an_agent_sees_of_the_record_is_what_participants_see(table: Table) -> None:
    mine = table.player().call("status", {}, ignore).answer
    assert mine.keys() == table.client(person="").get("/v1/status").keys()


def long_logs(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{"seq": at, "event": "x" * 1000} for at in range(500)]
    monkeypatch.setattr(DrillClient, "get", lambda *_, **__: {"records": lines})


def test_an_answer_that_is_too_long_is_shortened_and_says_so(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_logs(table, monkeypatch)
    reply = table.player().call("logs", {"limit": 500}, ignore)
    assert len(reply.model_dump_json()) < calls.CHARS_MAX * 1.05
    (left_out,) = reply.left_out
    assert left_out.startswith("records: ")
    assert "of 500 items" in left_out


def test_without_the_bound_it_would_be_whole(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    long_logs(table, monkeypatch)
    player = replace(table.player(), chars_max=10**9)
    assert len(player.call("logs", {"limit": 500}, ignore).answer["records"]) == 500


HUGE = {"path": "x", "text": "x" * (ARGUMENTS_CHARS_MAX + 1)}


def test_arguments_that_are_too_long_are_refused_and_not_kept(table: Table) -> None:
    with pytest.raises(UsageError, match="are the most"):
        table.player().call("write_file", HUGE, ignore)
    (called,) = table.calls()
    assert called.arguments_chars > ARGUMENTS_CHARS_MAX
    assert len(called.arguments) == RECORDED_CHARS
    assert not (table.workspace / "x").exists()


def test_arguments_within_bounds_are_recorded_whole(table: Table) -> None:
    table.player().call("logs", {"contains": "refused"}, ignore)
    assert json.loads(table.calls()[0].arguments) == {"contains": "refused"}


def test_what_cannot_be_recorded_is_not_answered(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise DrillError("the record is full")

    monkeypatch.setattr(DrillClient, "post", full)
    with pytest.raises(DrillError, match="the record is full"):
        table.player().call("page", {}, ignore)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So many calls of a kind are written down singly, and the others soon counted."""
    monkeypatch.setattr("harness.api.app.CALLS_SINGLE_MAX", 3)
    monkeypatch.setattr("harness.record.counted_events.COUNTED_EVERY_S", 0.05)
    return 3


def test_calls_without_end_are_counted_rather_than_kept_one_by_one(few: int, table: Table) -> None:
    player, made = table.player(), few + 12
    for _ in range(made):
        with pytest.raises(UsageError):
            player.call("nonsense", {}, ignore)
    wait_until_sync(
        lambda: sum(one.count for one in table.calls()) == made or None,
        timeout_s=10,
        what="the rest to be counted",
    )
    assert [one.count for one in table.calls()[:few]] == [1] * few
