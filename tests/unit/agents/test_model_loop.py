"""A model at play, asked over HTTP in both forms, streamed and not: what it does, how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from harness.agents import model_endpoint
from harness.agents.budgets import Budget, Price
from harness.agents.calls import Player
from harness.agents.model_endpoint import endpoint
from harness.agents.model_loop import Ended, ModelLoop
from harness.agents.toolbox import TOOLS, Seat
from harness.drill_client import DrillClient
from harness.errors import EnvironmentMissing, UsageError
from harness.record.events import AgentTurned
from tests.scripted_model import (
    ANTHROPIC,
    KEY,
    OPENAI,
    Answer,
    Asked,
    Call,
    Raw,
    Script,
    Scripted,
    in_order,
    scripted,
)
from tests.unit.agents.conftest import Table

FORMS = [(path, is_streamed) for path in (OPENAI, ANTHROPIC) for is_streamed in (True, False)]
DONE = Answer("I am done")
PAGES = Answer("let me see", (Call("page"),))


@dataclass
class Bench:
    """A loop at a drill that answers everything alike, and what it is told."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    turns: list[AgentTurned] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    loop: ModelLoop | None = None

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/tool-calls":
            self.calls.append(json.loads(request.content))
        return httpx.Response(200, json=[{"alert": "PaymentsFailing"}])

    async def play(
        self,
        monkeypatch: pytest.MonkeyPatch,
        server: Scripted,
        path: str = OPENAI,
        *,
        is_streamed: bool = True,
        budget: Budget | None = None,
        price: Price | None = None,
        answer_s: float = 20.0,
    ) -> Ended:
        pointed_at(monkeypatch, server, path)
        found = replace(
            endpoint("scripted", is_streamed=is_streamed), wait_s=0.01, answer_s=answer_s
        )
        transport = httpx.MockTransport(self.answer)
        with DrillClient("http://drill.test", "token", transport=transport) as client:
            self.loop = ModelLoop(
                found,
                Player(Seat(client)),
                budget or Budget(turns=20),
                price,
                self.spoken.append,
                self.turns.append,
                "robot",
            )
            ended = await self.loop.run("the task")
        self.asked = server.asked
        return ended


def pointed_at(monkeypatch: pytest.MonkeyPatch, server: Scripted, path: str) -> None:
    for vendor in ("OPENAI", "ANTHROPIC"):
        for what in ("BASE_URL", "API_KEY"):
            monkeypatch.delenv(f"{vendor}_{what}", raising=False)
    for name, value in server.environment(path).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def model() -> Iterator[Scripted]:
    with scripted(in_order(PAGES, DONE)) as server:
        yield server


async def ended(bench: Bench, patch: pytest.MonkeyPatch, script: Script, **given: Any) -> Ended:
    with scripted(script) as server:
        return await bench.play(patch, server, **given)


@pytest.mark.parametrize(("path", "is_streamed"), FORMS)
async def test_it_is_asked_does_what_it_asks_for_and_ends_by_itself(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, model: Scripted, path: str, is_streamed: bool
) -> None:
    found = await bench.play(monkeypatch, model, path, is_streamed=is_streamed)
    assert found == Ended("finished", "it said that it was done")
    assert [one["tool"] for one in bench.calls] == ["page"]
    assert "PaymentsFailing" in model.asked[1].results[0]
    assert {one.path for one in model.asked} == {path}
    assert [one.body.get("stream", False) for one in model.asked] == [is_streamed] * 3
    assert len(model.asked[0].body["tools"]) == len(TOOLS)
    assert KEY in model.headers[0]["authorization" if path == OPENAI else "x-api-key"]
    assert [(one.turn, one.said, one.calls) for one in bench.turns] == [
        (1, "let me see", 1),
        (2, "I am done", 0),
        (3, "I am done", 0),
    ]
    assert {(one.input_tokens, one.output_tokens) for one in bench.turns} == {(100, 10)}


@pytest.mark.parametrize(("path", "is_streamed"), FORMS)
async def test_mistakes_are_told_to_it_in_the_words_that_people_get(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, path: str, is_streamed: bool
) -> None:
    wrong = (Call("pages"), Call("logs", {"servce": "payments"}), Call("restart", {}))
    script = in_order(Answer(calls=wrong), DONE)
    await ended(bench, monkeypatch, script, path=path, is_streamed=is_streamed)
    told = bench.asked[1].results
    assert "did you mean page" in told[0]
    assert "servce" in told[1]
    assert "service" in told[2]
    assert [one["tool"] for one in bench.calls] == ["unknown", "logs", "restart"]
    assert {one["outcome"] for one in bench.calls} == {"refused"}


@pytest.mark.parametrize("text", ["{", "[1]", "null", '"page"', "[" * 100_000])
async def test_arguments_that_are_no_object_are_refused_and_not_given_back_to_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    await ended(bench, monkeypatch, in_order(Answer(calls=(Call("logs", text),)), DONE))
    assert "no JSON object" in bench.asked[1].results[0]
    given_back = bench.asked[1].body["messages"][1]["tool_calls"][0]["function"]
    assert given_back["arguments"] == "{}"


@pytest.mark.parametrize(("path", "is_streamed"), FORMS)
async def test_arguments_of_10_mb_are_refused_and_forgotten(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, path: str, is_streamed: bool
) -> None:
    huge = Call("write_file", {"path": "a", "text": "x" * 10_000_000})
    script = in_order(Answer(calls=(huge,)), DONE)
    found = await ended(bench, monkeypatch, script, path=path, is_streamed=is_streamed)
    assert found.ending == "finished"
    assert "are the most" in bench.asked[1].results[0]
    assert len(json.dumps(bench.asked[1].body)) < 100_000
    assert len(bench.calls[0]["arguments"]) == 2_000


async def test_ten_thousand_calls_in_one_answer_end_it_and_none_is_done(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await ended(bench, monkeypatch, in_order(Answer(calls=(Call("page"),) * 10_000)))
    assert found == Ended("calls", "10,000 of 500 calls were asked for")
    assert bench.calls == []


async def test_of_many_calls_at_once_the_first_are_done_and_it_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ended(bench, monkeypatch, in_order(Answer(calls=(Call("page"),) * 40), DONE))
    assert len(bench.calls) == 32
    assert "8 further calls" in bench.asked[1].body["messages"][-1]["content"]


RUNAWAYS = {
    "turns": (Budget(turns=5), None, PAGES),
    "calls": (Budget(turns=1000, calls=6), None, PAGES),
    "tokens": (Budget(tokens=3_000), None, replace(PAGES, input_tokens=1_000)),
    "money": (Budget(usd=0.05), Price(3, 15), replace(PAGES, input_tokens=5_000)),
}


@pytest.mark.parametrize("ending", RUNAWAYS)
async def test_each_budget_ends_a_model_that_goes_on_and_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    budget, price, answer = RUNAWAYS[ending]
    found = await ended(bench, monkeypatch, in_order(answer), budget=budget, price=price)
    assert found.ending == ending
    assert len(bench.turns) <= 7
    assert [one.usd is None for one in bench.turns] == [price is None] * len(bench.turns)


async def test_tokens_that_a_server_does_not_count_are_estimated(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = replace(PAGES, input_tokens=None)
    found = await ended(bench, monkeypatch, in_order(silent), budget=Budget(tokens=20_000))
    assert found.ending == "tokens"
    assert all(one.input_tokens > 1000 and one.output_tokens > 0 for one in bench.turns)


async def test_the_time_is_over_while_a_model_thinks(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: Asked) -> Answer:
        server.stop.wait(20)
        return DONE

    with scripted(never) as server:
        found = await bench.play(monkeypatch, server, budget=Budget(time_s=0.3))
    assert found == Ended("time", "the 0.3 s are over")


async def test_who_never_uses_a_tool_is_idle(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    found = await ended(bench, monkeypatch, in_order(Answer("I cannot help with that.")))
    assert found.ending == "idle"
    assert "called no tool" in bench.asked[1].body["messages"][-1]["content"]


async def test_an_answer_that_is_cut_off_is_said_to_be(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await ended(bench, monkeypatch, in_order(Answer("so", is_cut=True), PAGES, DONE))
    assert found.ending == "finished"
    assert "cut off" in bench.asked[1].body["messages"][-1]["content"]


async def test_what_was_answered_long_ago_is_left_out_of_the_question(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.agents.model_loop.SHOWN_CHARS_MAX", 150)
    await ended(bench, monkeypatch, in_order(PAGES, PAGES, PAGES, PAGES, DONE))
    last = [one["content"] for one in bench.asked[-1].body["messages"] if one["role"] == "tool"]
    assert ["left out" in one for one in last] == [True, True, False, False]


BROKEN = {
    "no JSON": Raw(body=b"<html>"),
    "no choice": Raw(body=b"{}"),
    "null": Raw(body=b"null"),
    "numbers": Raw(body=b'{"choices": [3], "content": 7}'),
    "overloaded": Raw(529, b'{"error": "overloaded"}'),
    "too many requests": Raw(429, b"slow down", headers=(("Retry-After", "0.01"),)),
    "a mistake of its own": Raw(500, b"oops"),
    "cut off": Raw(body=b'{"choi', is_cut=True),
    "a stream cut off": Raw(body=b'data: {"choices": []}\n\n', kind="text/event-stream"),
    "a stream of errors": Raw(
        body=b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error"}}\n\n',
        kind="text/event-stream",
    ),
    "a redirect": Raw(302, headers=(("Location", "http://127.0.0.1:1/"),)),
}


@pytest.mark.parametrize("path", [OPENAI, ANTHROPIC])
@pytest.mark.parametrize("how", BROKEN)
async def test_what_breaks_on_the_models_side_is_no_failure_of_who_plays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, how: str, path: str
) -> None:
    found = await ended(bench, monkeypatch, in_order(BROKEN[how]), path=path)
    assert found.ending == "model"
    assert bench.turns == []
    assert len(bench.asked) == (1 if how == "a redirect" else 4)


async def test_what_is_broken_for_a_moment_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = in_order(*(BROKEN[one] for one in ("overloaded", "no JSON", "cut off")), PAGES, DONE)
    found = await ended(bench, monkeypatch, script)
    assert found.ending == "finished"
    assert len(bench.turns) == 3


@pytest.mark.parametrize(("status", "is_told"), [(400, True), (404, True), (401, False)])
async def test_a_refusal_is_not_tried_again_and_words_about_a_key_are_not_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, status: int, is_told: bool
) -> None:
    said = f"context_length_exceeded for {KEY}".encode()
    found = await ended(bench, monkeypatch, in_order(Raw(status, said)))
    assert found.ending == "model"
    assert len(bench.asked) == 1
    assert ("context_length_exceeded" in found.why) == is_told
    assert KEY not in found.why


async def test_an_answer_that_takes_too_long_is_the_models_side(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_endpoint, "TRIES_MAX", 2)

    def never(_: Asked) -> Answer:
        server.stop.wait(20)
        return DONE

    with scripted(never) as server:
        found = await bench.play(monkeypatch, server, answer_s=0.2)
    assert found.ending == "model"
    assert "no whole answer within 0.2 s" in found.why


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
async def test_an_answer_without_end_is_cut(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(model_endpoint, "ANSWER_BYTES_MAX", 100_000)
    monkeypatch.setattr(model_endpoint, "TRIES_MAX", 1)
    runaway = Raw(body=b"data: {}\n\n" * 50_000, kind=kind)
    found = await ended(bench, monkeypatch, in_order(runaway))
    assert found.ending == "model"


async def test_nobody_there_is_the_models_side(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, model: Scripted
) -> None:
    gone = Scripted("http://127.0.0.1:9")
    found = await bench.play(monkeypatch, gone)
    assert found.ending == "model"
    assert "ConnectError" in found.why


async def test_its_calls_are_in_the_record_of_a_real_drill(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = in_order(Answer(calls=(Call("page"), Call("deploys"), Call("nonsense"))), DONE)
    with scripted(script) as server:
        pointed_at(monkeypatch, server, ANTHROPIC)
        loop = ModelLoop(endpoint("claude"), table.player(), Budget(), None, print, print, "robot")
        found = await loop.run("the task")
    assert found.ending == "finished"
    assert [one.tool for one in table.calls()] == ["page", "deploys", "unknown"]
    assert loop.spent.calls == 3


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, EnvironmentMissing),
        ({"OPENAI_BASE_URL": "ftp://models.test"}, UsageError),
        ({"OPENAI_BASE_URL": "http://models.test/v1", "OPENAI_API_KEY": "sk"}, UsageError),
        ({"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}, EnvironmentMissing),
        ({"OPENAI_API_KEY": "two words"}, UsageError),
    ],
)
def test_an_address_or_key_that_cannot_be_is_told_before_the_drill(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], error: type[Exception]
) -> None:
    pointed_at(monkeypatch, Scripted(""), OPENAI)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(error):
        endpoint("some-model")


def test_of_two_vendors_the_models_name_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "b")
    assert endpoint("claude-x").dialect.vendor == "anthropic"
    assert endpoint("gpt-x").dialect.vendor == "openai"
    assert endpoint("gpt-x", "anthropic").dialect.vendor == "anthropic"
    with pytest.raises(UsageError):
        endpoint("gpt-x", "latin")


@pytest.mark.parametrize("text", ["", "3", "3,x", "-1,2", "nan,1", "1,2,3"])
def test_a_price_is_two_numbers(text: str) -> None:
    with pytest.raises(UsageError):
        Price.read(text)
    assert Price.read("3, 15").usd(1_000_000, 100_000) == 4.5
