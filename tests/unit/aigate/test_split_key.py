"""A key that a provider's stream spells in pieces, each in an event of its own: nobody sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.aigate import relay, split_key
from harness.aigate.events_stream import EventTooLong
from harness.aigate.split_key import CHANNELS_MAX, SHOWN_CHARS_MAX, SplitKey
from harness.plain_http import local_client
from tests.unit.aigate.bench import OPENAI_KEY, Bench, NewBench
from tests.unit.aigate.provider import Behaviour, stream

KEY = 'sk-canary-9f/27"+1234&x'
TEXT = f"you sent {KEY}, which is odd: {KEY}"
TOLD = "you sent [key], which is odd: [key]"
SPELLINGS: dict[str, str] = {
    "as it is": KEY,
    "JSON in it": json.dumps(KEY)[1:-1],
    "an address": quote(KEY, safe=""),
    "all escaped": "".join(f"\\u{ord(char):04x}" for char in KEY),
    "HTML": KEY.replace("&", "&amp;").replace('"', "&#34;"),
}

Wrap = Callable[[str], Any]
FORMS: dict[str, Wrap] = {
    "chat": lambda text: {"choices": [{"index": 0, "delta": {"content": text}}]},
    "message": lambda text: {"type": "content_block_delta", "index": 0, "delta": {"text": text}},
    "response": lambda text: {"type": "response.output_text.delta", "delta": text},
    "arguments": lambda text: {
        "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "f": {"arguments": text}}]}}]
    },
    "tokens": lambda text: {"logprobs": {"content": [{"token": char} for char in text]}},
}


def event(data: object) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def texts(value: object) -> str:
    """Every text in a value, one after the other."""
    if isinstance(value, dict):
        return "".join(texts(one) for one in value.values())
    if isinstance(value, list):
        return "".join(texts(one) for one in value)
    return value if isinstance(value, str) else ""


def passed(events: Sequence[bytes], key: str = KEY) -> list[Any]:
    """The data of what passes."""
    split = SplitKey(key)
    out = [one for given in events for one in split.feed(given)] + split.rest()
    return [json.loads(one.removeprefix(b"data: ")) for one in out]


def in_pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def joined(pieces: Sequence[str], wrap: Wrap) -> str:
    return "".join(texts(one) for one in passed([event(wrap(piece)) for piece in pieces]))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 200])
@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_key_in_pieces_is_taken_out_but_for_the_characters_that_may_be_shown(
    form: str, size: int
) -> None:
    wrap = FORMS[form]
    found = joined(in_pieces(TEXT, size), wrap)
    assert KEY[: SHOWN_CHARS_MAX + 1] not in found
    assert KEY[SHOWN_CHARS_MAX:] not in found
    assert found.count("[key]") == 2


@pytest.mark.parametrize("spelling", sorted(SPELLINGS))
@pytest.mark.parametrize("size", [1, 2, 5])
def test_nor_does_another_spelling_pass(spelling: str, size: int) -> None:
    text = f"you sent {SPELLINGS[spelling]}, which is odd"
    found = joined(in_pieces(text, size), FORMS["chat"])
    assert "canary" not in found
    assert "[key]" in found
    assert found.endswith(", which is odd")


@given(st.lists(st.integers(1, 12), min_size=1, max_size=60), st.text(max_size=8))
def test_wherever_it_is_cut_the_rest_of_the_text_stays(sizes: list[int], before: str) -> None:
    text, pieces = before + TEXT, []
    for size in sizes:
        pieces.append(text[:size])
        text = text[size:]
    pieces.append(text)
    found = joined(pieces, FORMS["chat"])
    for count in range(SHOWN_CHARS_MAX + 1):  # so much of it may stand before its replacement
        found = found.replace(f" {KEY[:count]}[key]", " [key]")
    assert found == before + TOLD


def test_texts_of_one_event_are_read_apart() -> None:
    halves = (KEY[:9], KEY[9:])
    events = [
        event({"choices": [{"index": which, "delta": {"content": piece}}]})
        for piece in halves
        for which in (0, 1)
    ]
    found = "".join(texts(one) for one in passed(events))
    assert KEY[9:] not in found
    assert found.count("[key]") == 2


def test_what_is_no_key_passes_at_once_and_as_it_came() -> None:
    split = SplitKey(KEY)
    told = [b'event: x\ndata: {"delta":  "is it sk-"}\n\n', b": ping\n\n", b"data: sk\n\n"]
    assert [split.feed(one) for one in told] == [[one] for one in told]


def test_a_beginning_is_held_until_it_turns_out_to_be_none() -> None:
    split = SplitKey(KEY)
    begun, ping, other = event({"delta": "sk-canary"}), b": ping\n\n", event({"delta": " birds"})
    assert split.feed(begun) == []
    assert split.feed(ping) == [], "in order"
    assert split.feed(other) == [begun, ping, other]
    assert split.feed(begun) == []
    assert split.rest() == [begun], "where nothing more comes"


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split_key, "HELD_MAX_BYTES", 2_000)
    with pytest.raises(EventTooLong):
        passed([event({"delta": "sk-canary"}), *[b": ping\n\n"] * 1_000])
    with pytest.raises(EventTooLong):
        passed([event({f"d{number}": "x"}) for number in range(CHANNELS_MAX + 2)])


def test_a_short_key_is_nobodys_secret() -> None:
    found = passed([event({"delta": one}) for one in "ollama"], key="ollama")
    assert texts(found) == "ollama"


def echoing() -> Behaviour:
    pieces = in_pieces(f"you sent Bearer {OPENAI_KEY}, which is odd", 5)
    told = [json.dumps({"model": "m", **FORMS["chat"](piece)}) for piece in pieces]
    return stream(*(f"data: {one}" for one in told), "data: [DONE]")


async def heard(bench: Bench) -> str:
    """What a caller puts together from the stream."""
    async with local_client(f"http://127.0.0.1:{bench.port}", token=bench.token) as http:
        body = {"model": "m", "messages": [], "stream": True}
        answer = await http.post("/v1/chat/completions", json=body)
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n") if line]
    assert lines[-1] == "[DONE]"
    return "".join(json.loads(one)["choices"][0]["delta"]["content"] for one in lines[:-1])


async def test_a_caller_of_the_gate_does_not_hear_it(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(echoing())
    found = await heard(bench)
    await bench.switch.finished()
    assert found.startswith("you sent Bearer ")
    assert found.endswith("[key], which is odd")
    assert OPENAI_KEY[SHOWN_CHARS_MAX + 1 :] not in found


async def test_without_reading_the_pieces_together_they_would(
    open_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(relay, "SplitKey", lambda _: SplitKey(""))
    bench: Bench = await open_bench(echoing())
    assert OPENAI_KEY in await heard(bench)
    await bench.switch.finished()
