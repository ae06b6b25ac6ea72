"""The gate with the clients that people use: what they see of it, open and closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import anthropic
import httpx
import openai
import pytest

from harness.aigate import proxy, upstream
from harness.waiting import wait_until
from tests.unit.aigate import answers
from tests.unit.aigate.bench import ANTHROPIC_KEY, BRIEF, OPENAI_KEY, Bench, NewBench
from tests.unit.aigate.provider import Asked, Provider, whole

ASK = [{"role": "user", "content": "Why do payments time out?"}]


async def chat(bench: Bench, **more: object) -> object:
    client: Any = await bench.openai()
    return await client.chat.completions.create(model="gpt-test", messages=ASK, **more)


async def message(bench: Bench, **more: object) -> object:
    client: Any = await bench.anthropic()
    fields = {"model": "claude-test", "max_tokens": 50, "messages": ASK, **more}
    return await client.messages.create(**fields)


async def test_a_closed_gate_tells_the_openai_client_why_and_sends_nothing(bench: Bench) -> None:
    with pytest.raises(openai.PermissionDeniedError) as told:
        await chat(bench)
    assert "for people only" in told.value.message
    assert told.value.code == "ai_gate_closed"
    assert (bench.provider.bytes_seen, bench.provider.connections) == (0, 0)
    [attempt] = bench.switch.attempts
    assert (attempt.outcome, attempt.status, attempt.vendor) == ("refused", 403, "openai")
    assert (attempt.by, attempt.path) == ("participant", "/v1/chat/completions")
    assert "for people only" in attempt.reason


async def test_a_closed_gate_tells_the_anthropic_client_why_and_sends_nothing(
    bench: Bench,
) -> None:
    with pytest.raises(anthropic.PermissionDeniedError) as told:
        await message(bench)
    assert told.value.type == "permission_error"
    assert "for people only" in str(told.value)
    assert (bench.provider.bytes_seen, bench.provider.connections) == (0, 0)
    [attempt] = bench.switch.attempts
    assert (attempt.outcome, attempt.vendor) == ("refused", "anthropic")


async def test_streams_are_refused_like_everything_else(bench: Bench) -> None:
    with pytest.raises(openai.PermissionDeniedError):
        await chat(bench, stream=True)
    with pytest.raises(anthropic.PermissionDeniedError):
        await message(bench, stream=True)
    assert bench.provider.bytes_seen == 0


async def test_every_other_call_of_the_clients_is_refused_too(bench: Bench) -> None:
    ours: Any = await bench.openai()
    theirs: Any = await bench.anthropic()
    calls = (
        ours.responses.create(model="m", input="why?"),
        ours.embeddings.create(model="m", input="why?"),
        ours.models.list()._get_page(),
        theirs.messages.count_tokens(model="m", messages=ASK),
        theirs.models.list()._get_page(),
    )
    for call in calls:
        with pytest.raises((openai.PermissionDeniedError, anthropic.PermissionDeniedError)):
            await call
    assert bench.provider.bytes_seen == 0
    assert len(bench.switch.attempts) == len(calls)


async def test_an_open_gate_forwards_a_chat_with_its_own_key(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    answer = await chat(bench)
    assert isinstance(answer, openai.types.chat.ChatCompletion)
    assert answer.choices[0].message.content == "Raise the timeout."
    [asked] = bench.provider.asked
    assert (asked.method, asked.target) == ("POST", "/v1/chat/completions")
    assert asked.headers["authorization"] == f"Bearer {OPENAI_KEY}"
    assert bench.token not in str(asked)
    assert bench.provider.bytes_seen > 0


async def test_an_open_gate_forwards_a_message_with_its_own_key(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(answers.message)
    answer = await message(bench)
    assert isinstance(answer, anthropic.types.Message)
    [asked] = bench.provider.asked
    assert asked.target == "/v1/messages"
    assert asked.headers["x-api-key"] == ANTHROPIC_KEY
    assert asked.headers["anthropic-version"]
    assert "authorization" not in asked.headers
    assert bench.token not in str(asked)


async def test_an_anthropic_client_may_send_the_drills_token_as_a_bearer(
    open_bench: NewBench,
) -> None:
    bench: Bench = await open_bench(answers.message)
    client: Any = await bench.anthropic(api_key=None, auth_token=bench.token)
    await client.messages.create(model="m", max_tokens=5, messages=ASK)
    [asked] = bench.provider.asked
    assert "authorization" not in asked.headers


async def test_what_was_asked_and_what_it_cost_is_recorded(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    await chat(bench)
    finished = await bench.switch.finished()
    [attempt] = bench.switch.attempts
    assert (attempt.outcome, attempt.model) == ("forwarded", "gpt-test")
    assert attempt.prompt == "Why do payments time out?"
    assert attempt.prompt_chars == len(attempt.prompt)
    assert attempt.reason == "the cause is confirmed"
    assert finished.exchange_id == attempt.exchange_id
    assert (finished.outcome, finished.status) == ("completed", 200)
    assert finished.model == "gpt-test-2026"
    assert (finished.input_tokens, finished.output_tokens) == (11, 4)
    assert finished.first_byte_ms is not None
    assert finished.latency_ms >= finished.first_byte_ms >= 0


async def test_cached_tokens_of_a_message_count_as_read(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(answers.message)
    await message(bench)
    finished = await bench.switch.finished()
    assert (finished.input_tokens, finished.output_tokens) == (109, 5)


async def test_the_brief_is_added_to_a_chat_on_request(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    await chat(bench, extra_headers={"X-Drill-Brief": "1"})
    sent = bench.provider.asked[0].json
    assert sent["messages"] == [{"role": "system", "content": BRIEF}, *ASK]
    assert "x-drill-brief" not in bench.provider.asked[0].headers
    assert bench.switch.attempts[0].with_brief


async def test_the_brief_comes_before_the_callers_own_system_prompt(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(answers.message)
    brief = {"X-Drill-Brief": "1"}
    await message(bench, extra_headers=brief)
    await message(bench, extra_headers=brief, system="Be brief.")
    blocks = [{"type": "text", "text": "Be brief."}]
    await message(bench, extra_headers=brief, system=blocks)
    systems = [asked.json["system"] for asked in bench.provider.asked]
    assert systems == [
        BRIEF,
        f"{BRIEF}\n\nBe brief.",
        [{"type": "text", "text": BRIEF}, *blocks],
    ]


async def test_without_the_request_there_is_no_brief(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    await chat(bench)
    assert bench.provider.asked[0].json["messages"] == ASK
    assert not bench.switch.attempts[0].with_brief


async def test_a_brief_before_any_cause_is_refused_with_the_reason(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    bench.switch.text = None
    with pytest.raises(openai.BadRequestError, match="until a cause is confirmed"):
        await chat(bench, extra_headers={"X-Drill-Brief": "1"})
    assert bench.provider.bytes_seen == 0


async def test_a_token_that_is_not_the_drills_is_refused_open_or_not(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    client: Any = await bench.openai(api_key="sk-my-own")
    with pytest.raises(openai.AuthenticationError, match="drill's token"):
        await client.models.list()._get_page()
    theirs = await bench.anthropic(api_key="sk-my-own")
    with pytest.raises(anthropic.AuthenticationError):
        await theirs.models.list()._get_page()
    assert bench.provider.bytes_seen == 0
    assert {one.by for one in bench.switch.attempts} == {"unknown"}


async def test_a_gate_without_a_key_is_closed_for_that_vendor_only(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(openai_key=None)
    with pytest.raises(openai.PermissionDeniedError, match="no key for openai"):
        await chat(bench)
    assert bench.provider.bytes_seen == 0
    bench.provider.behave = answers.message
    await message(bench)
    assert bench.provider.bytes_seen > 0


async def test_a_providers_own_error_reaches_the_client(open_bench: NewBench) -> None:
    error = {"error": {"message": "no such model", "type": "invalid_request_error"}}
    bench: Bench = await open_bench(whole(error, status=404, more="x-request-id: r-1\r\n"))
    with pytest.raises(openai.NotFoundError, match="no such model") as told:
        await chat(bench)
    assert told.value.request_id == "r-1"
    finished = await bench.switch.finished()
    assert (finished.outcome, finished.status) == ("completed", 404)
    assert finished.input_tokens is None


async def test_a_refused_key_is_told_without_the_providers_words(open_bench: NewBench) -> None:
    error = {"error": {"message": f"Incorrect API key: {OPENAI_KEY}"}}
    bench: Bench = await open_bench(whole(error, status=401))
    with pytest.raises(openai.InternalServerError, match="refused the gate's key") as told:
        await chat(bench)
    assert OPENAI_KEY not in str(told.value.body)
    # The client would try a 502 again, but is told not to.
    assert len(bench.provider.asked) == 1


async def _busy_then_answered(bench: Bench, ask: Callable[[Bench], Awaitable[object]]) -> object:
    """What a client gets who comes while the gate is busy, and what is there to wait for ends."""
    first = asyncio.ensure_future(chat(bench))
    second: asyncio.Future[object] | None = None
    try:
        await wait_until(
            _true(lambda: bench.provider.connections), timeout_s=5, what="the first exchange"
        )
        second = asyncio.ensure_future(ask(bench))
        busy = _true(lambda: [one for one in bench.switch.attempts if one.status == 429])
        await wait_until(busy, timeout_s=5, what="the refusal")
        bench.provider.go_on.set()
        return await second
    finally:
        await asyncio.gather(first, *([second] if second else []), return_exceptions=True)


def _true(check: Callable[[], object]) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return bool(check())

    return look


async def _when_told(provider: Provider, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Waits for the test, then answers as the vendor would whose path it is."""
    await provider.go_on.wait()
    answer = answers.MESSAGE if asked.target == "/v1/messages" else answers.CHAT
    await whole(answer)(provider, asked, writer)


@pytest.mark.parametrize("ask", [chat, message])
async def test_a_client_that_comes_while_the_gate_is_busy_tries_again_when_it_is_told_to(
    open_bench: NewBench,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Bench], Awaitable[object]],
) -> None:
    monkeypatch.setattr(proxy, "EXCHANGES_MAX", 1)
    bench: Bench = await open_bench(_when_told)
    assert await _busy_then_answered(bench, ask)
    assert [one.status for one in bench.switch.attempts if one.outcome == "refused"] == [429]


@pytest.mark.parametrize("ask", [chat, message])
async def test_a_client_that_is_told_not_to_try_again_does_not(
    open_bench: NewBench,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Bench], Awaitable[object]],
) -> None:
    """Negative control: the same without a time to try again at."""
    monkeypatch.setattr(proxy, "EXCHANGES_MAX", 1)
    monkeypatch.setattr(proxy, "BUSY_RETRY_AFTER_S", None)
    bench: Bench = await open_bench(_when_told)
    with pytest.raises((openai.RateLimitError, anthropic.RateLimitError)):
        await _busy_then_answered(bench, ask)


async def test_a_provider_that_cannot_be_reached_is_worth_another_try(
    open_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "UNREACHABLE_RETRY_AFTER_S", 1)
    bench: Bench = await open_bench()

    def unreachable(*_: object, **__: object) -> object:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(upstream.httpx.AsyncClient, "stream", unreachable)
    with pytest.raises(openai.InternalServerError) as told:
        await chat(bench)
    assert told.value.response.headers["retry-after"] == "1"
    client_tries = 3
    assert len(bench.switch.attempts) == client_tries
