"""Streams through the gate: as they come, whole events only, and cut when the phase ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anthropic
import openai
import pytest

from harness.aigate import gate_server, relay
from harness.waiting import wait_until
from tests.unit.aigate import answers
from tests.unit.aigate.bench import Bench, NewBench
from tests.unit.aigate.provider import Asked, Behaviour, Provider, silent, stream, write_head

ASK = [{"role": "user", "content": "Why do payments time out?"}]
CUT_S = 1.0
AsyncStream = Any
"""`openai.AsyncStream` and `anthropic.AsyncStream`, which share no base."""

REASON = "the phase 'AI-assisted fix' has ended"

paused_chat = stream(*answers.CHAT_EVENTS, pause_after=1)
paused_message = stream(*answers.MESSAGE_EVENTS, pause_after=3)
paused_response = stream(*answers.RESPONSE_EVENTS, pause_after=2)


async def open_chat(bench: Bench, **more: object) -> AsyncStream:
    client: Any = await bench.openai()
    return await client.chat.completions.create(model="gpt-test", messages=ASK, stream=True, **more)


async def open_message(bench: Bench) -> AsyncStream:
    client: Any = await bench.anthropic()
    return await client.messages.create(
        model="claude-test", max_tokens=50, messages=ASK, stream=True
    )


async def open_response(bench: Bench) -> AsyncStream:
    client: Any = await bench.openai()
    return await client.responses.create(model="gpt-test", input="why?", stream=True)


OPENERS = {"chat": open_chat, "message": open_message, "response": open_response}
PAUSED: dict[str, Behaviour] = {
    "chat": paused_chat, "message": paused_message, "response": paused_response,
}  # fmt: skip


async def each(
    opening: Awaitable[AsyncStream], do: Callable[[Any], object] = lambda _: None
) -> list[Any]:
    """Everything that a stream brings, each shown to `do` as it comes."""
    seen = []
    async with await opening as items:
        async for item in items:
            seen.append(item)
            do(item)
    return seen


async def left(bench: Bench) -> None:
    """The provider sees that nobody listens any more."""
    async with asyncio.timeout(CUT_S):
        await bench.provider.left.wait()


async def test_words_arrive_while_the_provider_is_still_writing(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(paused_chat)
    # The provider goes on only once a word has arrived: the first did not wait for the rest.
    chunks = await each(open_chat(bench), lambda _: bench.provider.go_on.set())
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["Raise ", "the timeout.", None]


async def test_a_chats_tokens_are_known_though_the_caller_did_not_ask(
    open_bench: NewBench,
) -> None:
    bench: Bench = await open_bench(answers.chat_stream)
    seen = await each(open_chat(bench))
    assert all(chunk.choices for chunk in seen)
    assert all(chunk.usage is None for chunk in seen)
    assert bench.provider.asked[0].json["stream_options"] == {"include_usage": True}
    finished = await bench.switch.finished()
    assert (finished.outcome, finished.model) == ("completed", "gpt-test-2026")
    assert (finished.input_tokens, finished.output_tokens) == (11, 4)


async def test_a_caller_who_asks_for_tokens_sees_them(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(answers.chat_stream)
    seen = await each(open_chat(bench, stream_options={"include_usage": True}))
    assert seen[-1].usage.total_tokens == 15


async def test_a_message_streams_with_its_tokens_recorded(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(answers.message_stream)
    kinds = [event.type for event in await each(open_message(bench))]
    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
    finished = await bench.switch.finished()
    assert (finished.model, finished.outcome) == ("claude-test-2026", "completed")
    assert (finished.input_tokens, finished.output_tokens) == (109, 5)


async def test_a_response_streams_with_its_tokens_recorded(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(answers.response_stream)
    kinds = [event.type for event in await each(open_response(bench))]
    assert kinds[-1] == "response.completed"
    finished = await bench.switch.finished()
    assert (finished.input_tokens, finished.output_tokens) == (7, 3)


@pytest.mark.parametrize("kind", OPENERS)
async def test_a_stream_is_cut_within_a_second_when_the_gate_closes(
    open_bench: NewBench, kind: str
) -> None:
    bench: Bench = await open_bench(PAUSED[kind])
    closed_at: list[float] = []

    def close(_: object) -> None:
        closed_at.append(time.monotonic())
        bench.switch.close(REASON)

    with pytest.raises((openai.APIError, anthropic.APIStatusError)) as told:
        await each(OPENERS[kind](bench), close)
    assert time.monotonic() - closed_at[0] < CUT_S
    assert REASON in str(told.value)
    await left(bench)
    finished = await bench.switch.finished()
    assert finished.outcome == "cut"
    assert REASON in finished.reason
    assert finished.output_tokens is None


async def test_a_stream_goes_on_for_as_long_as_the_gate_is_open(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(paused_chat)

    async def looked_often() -> bool:
        return bench.switch.looks > 8

    async with await open_chat(bench) as chunks:
        await wait_until(looked_often, timeout_s=20, what="several looks at the gate")
        bench.provider.go_on.set()
        seen = [chunk async for chunk in chunks]
    assert seen[-1].choices[0].finish_reason == "stop"
    assert (await bench.switch.finished()).outcome == "completed"


async def test_the_input_of_a_cut_message_is_known_its_output_is_not(
    open_bench: NewBench,
) -> None:
    bench: Bench = await open_bench(paused_message)
    with pytest.raises(anthropic.APIStatusError):
        await each(open_message(bench), lambda _: bench.switch.close())
    finished = await bench.switch.finished()
    assert (finished.input_tokens, finished.output_tokens) == (109, None)


async def test_a_provider_that_is_still_thinking_is_left_when_the_gate_closes(
    open_bench: NewBench,
) -> None:
    bench: Bench = await open_bench(silent)
    asking = asyncio.create_task(open_chat(bench))

    async def is_asked() -> bool:
        return bool(bench.provider.asked)

    await wait_until(is_asked, timeout_s=5, what="the provider to be asked")
    bench.switch.close(REASON)
    with pytest.raises(openai.PermissionDeniedError, match="has ended"):
        async with asyncio.timeout(CUT_S):
            await asking
    await left(bench)
    finished = await bench.switch.finished()
    assert (finished.outcome, finished.status, finished.first_byte_ms) == ("cut", None, None)


async def test_a_store_that_dies_cuts_the_stream_and_keeps_the_gate_closed(
    open_bench: NewBench,
) -> None:
    bench: Bench = await open_bench(paused_chat)
    with pytest.raises(openai.APIError, match="state cannot be read"):
        await each(open_chat(bench), lambda _: bench.switch.break_down())
    await left(bench)
    seen = bench.provider.bytes_seen
    with pytest.raises(openai.PermissionDeniedError):
        await open_chat(bench)
    assert bench.provider.bytes_seen == seen


async def test_half_an_event_is_never_passed_on(open_bench: NewBench) -> None:
    async def stops_short(provider: Provider, _: Asked, writer: asyncio.StreamWriter) -> None:
        await write_head(writer, "text/event-stream")
        writer.write(f"{answers.CHAT_EVENTS[0]}\n\n{answers.CHAT_EVENTS[1][:60]}".encode())
        await writer.drain()
        await provider.go_on.wait()

    bench: Bench = await open_bench(stops_short)
    words: list[str] = []

    def close(chunk: Any) -> None:
        words.append(chunk.choices[0].delta.content)
        bench.switch.close()

    with pytest.raises(openai.APIError, match="closed"):
        await each(open_chat(bench), close)
    assert words == ["Raise "]


async def test_a_caller_who_leaves_ends_the_exchange(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(paused_chat)
    async with await open_chat(bench) as chunks:
        async for _ in chunks:
            break
    await left(bench)
    assert (await bench.switch.finished()).outcome == "left"


async def test_a_caller_who_does_not_read_holds_nothing_open(open_bench: NewBench) -> None:
    async def floods(_: Provider, __: Asked, writer: asyncio.StreamWriter) -> None:
        await write_head(writer, "text/event-stream")
        while True:
            writer.write(b"data: {}" + b" " * 60_000 + b"\n\n")
            await writer.drain()

    bench: Bench = await open_bench(floods)
    _reader, writer = await asyncio.open_connection("127.0.0.1", bench.port, limit=1000)
    body = b'{"model": "m", "messages": [], "stream": true}'
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{bench.port}\r\n"
        f"Authorization: Bearer {bench.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)

    async def is_asked() -> bool:
        return bool(bench.provider.asked)

    await wait_until(is_asked, timeout_s=5, what="the provider to be asked")
    bench.switch.close()
    await left(bench)
    assert (await bench.switch.finished()).outcome == "cut"
    writer.transport.abort()


async def test_a_provider_that_breaks_off_is_told_as_an_error(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(
        stream(*answers.CHAT_EVENTS[:1], more="content-length: 9999\r\n")
    )
    with pytest.raises(openai.APIError, match="cut the answer short"):
        await each(open_chat(bench))
    finished = await bench.switch.finished()
    assert (finished.outcome, finished.status) == ("failed", 200)


async def test_a_provider_that_is_not_there_is_told_as_an_error(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(openai_upstream="http://127.0.0.1:9")
    with pytest.raises(openai.InternalServerError, match="cannot be reached"):
        await open_chat(bench)
    finished = await bench.switch.finished()
    assert (finished.outcome, finished.status) == ("failed", None)


async def test_a_stream_that_a_provider_compressed_is_refused(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(stream("data: {}", more="content-encoding: gzip\r\n"))
    with pytest.raises(openai.InternalServerError, match="compressed"):
        await open_chat(bench)


async def test_an_answer_over_the_bound_is_refused(
    open_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "ANSWER_MAX_BYTES", 20)
    bench: Bench = await open_bench(answers.chat)
    client: Any = await bench.openai()
    with pytest.raises(openai.InternalServerError, match="longer than 20 bytes"):
        await client.chat.completions.create(model="m", messages=ASK)


async def test_an_exchange_has_an_end_of_its_own(
    open_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "EXCHANGE_S", 0.3)
    bench: Bench = await open_bench(paused_chat)
    with pytest.raises(openai.APIError, match="may take at most"):
        await each(open_chat(bench))
    assert (await bench.switch.finished()).outcome == "failed"
    await left(bench)


async def test_the_end_of_the_gate_cuts_what_still_streams(
    open_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_server, "STOP_S", 0)
    bench: Bench = await open_bench(paused_chat)
    stream_of_chunks = await open_chat(bench)
    await bench.stop()
    await left(bench)
    assert (await bench.switch.finished()).reason == "the gate itself was stopped"
    await stream_of_chunks.close()
