"""A model's own traces: what they tell by OpenTelemetry's conventions, when the recorder gets them,
and what is never in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from harness.agents import gen_ai_spans
from harness.agents.budgets import Budget
from harness.agents.calls import Player
from harness.agents.gen_ai_spans import CONTENT_VARIABLE, GenAiSpans
from harness.agents.model_endpoint import endpoint
from harness.agents.model_loop import ModelLoop
from harness.agents.toolbox import Seat
from harness.drill_client import DrillClient
from harness.telemetry.otlp import read_span, split_spans
from harness.telemetry.traces import Span
from tests.scripted_model import ANTHROPIC, OPENAI, Answer, Call, Raw, in_order, scripted
from tests.unit.agents.test_model_loop import pointed_at

SECRET = "the payments pool is exhausted"
TRIED = Answer(SECRET, (Call("page"), Call("nonsense", {"word": SECRET})))
DONE = Answer("done")


async def played(
    patch: pytest.MonkeyPatch, *answers: Answer | Raw, path: str = OPENAI
) -> GenAiSpans:
    """The spans of a play at a drill that answers everything alike."""
    with scripted(in_order(*answers)) as server:
        pointed_at(patch, server, path)
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json=[SECRET]))
        asked = endpoint("scripted")
        spans = GenAiSpans("agent", asked)
        with DrillClient("http://drill.test", "token", transport=transport) as client:
            await ModelLoop(
                asked, Player(Seat(client)), Budget(turns=5), None, lambda _: None,
                lambda _: None, "agent", spans,
            ).run("the task")  # fmt: skip
    return spans


def taken(spans: GenAiSpans) -> Sequence[Span]:
    """As the recorder reads them."""
    found = []
    for body in spans.bodies():
        stored, refused = split_spans(json.dumps(body).encode(), is_json=True)
        assert refused == 0
        assert {one.service for one in stored} == {"agent"}
        found += [read_span(one) for one in stored]
    return found


@pytest.mark.parametrize(("path", "provider"), [(OPENAI, "openai"), (ANTHROPIC, "anthropic")])
async def test_every_question_and_every_call_is_a_span_of_one_trace(
    monkeypatch: pytest.MonkeyPatch, path: str, provider: str
) -> None:
    found = taken(await played(monkeypatch, TRIED, DONE, path=path))
    assert [(one.operation, one.kind) for one in found] == [
        ("chat scripted", "client"),
        ("execute_tool page", "internal"),
        ("execute_tool nonsense", "internal"),
        ("chat scripted", "client"),
        ("chat scripted", "client"),
        ("invoke_agent agent", "internal"),
    ]
    root = found[-1]
    assert {one.trace_id for one in found} == {root.trace_id}
    assert {one.parent_id for one in found[:-1]} == {root.span_id}
    assert root.parent_id is None
    assert root.attributes["gen_ai.usage.input_tokens"] == 300
    assert root.attributes["gen_ai.usage.output_tokens"] == 30
    chat = found[0].attributes
    assert chat["gen_ai.operation.name"] == "chat"
    assert chat["gen_ai.provider.name"] == provider
    assert chat["gen_ai.request.model"] == "scripted"
    assert chat["server.address"] == "127.0.0.1"
    assert (chat["gen_ai.usage.input_tokens"], chat["gen_ai.usage.output_tokens"]) == (100, 10)
    assert [one.error for one in found] == [False, False, True, False, False, False]
    assert found[2].attributes["gen_ai.tool.name"] == "nonsense"


async def test_nothing_that_was_said_is_in_them_unless_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(CONTENT_VARIABLE, raising=False)
    assert SECRET not in json.dumps(list((await played(monkeypatch, TRIED, DONE)).bodies()))
    monkeypatch.setenv(CONTENT_VARIABLE, "true")
    page = taken(await played(monkeypatch, TRIED, DONE))
    assert SECRET in str(page[0].attributes["gen_ai.output.messages"])
    assert SECRET in str(page[1].attributes["gen_ai.tool.call.result"])
    assert SECRET in str(page[2].attributes["gen_ai.tool.call.arguments"])


async def test_a_model_that_cannot_be_asked_is_the_error_of_its_span_and_of_the_play(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = Raw(status=401, body=b"no")
    chat, root = taken(await played(monkeypatch, refused))
    assert (chat.error, chat.attributes["error.type"]) == (True, "ModelFailed")
    assert (root.error, root.attributes["error.type"]) == (True, "model")


class Recorder:
    """Takes what it is given, or refuses it."""

    def __init__(self, status: int = 200) -> None:
        self.bodies: list[dict[str, Any]] = []
        self._status = status

    def transport(self) -> httpx.MockTransport:
        def take(request: httpx.Request) -> httpx.Response:
            assert request.url.path == "/v1/traces"
            self.bodies.append(json.loads(request.content))
            return httpx.Response(self._status, json={})

        return httpx.MockTransport(take)


async def test_they_are_handed_over_in_messages_of_a_bounded_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gen_ai_spans, "AT_ONCE", 2)
    spans, recorder = await played(monkeypatch, TRIED, DONE), Recorder()
    assert await spans.give("http://recorder.test", recorder.transport())
    sizes = [len(one["resourceSpans"][0]["scopeSpans"][0]["spans"]) for one in recorder.bodies]
    assert sizes == [2, 2, 2]
    monkeypatch.setattr(gen_ai_spans, "SPANS_MAX", 2)
    assert len((await played(monkeypatch, TRIED, DONE)).spans) == 3, "two, and the play's own"


async def test_a_recorder_that_refuses_or_is_gone_ends_no_play(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spans = await played(monkeypatch, DONE)
    assert not await spans.give("http://recorder.test", Recorder(503).transport())
    assert not await spans.give("http://127.0.0.1:1")
