"""A provider that quotes the gate's key: nobody sees it, however it is spelt."""

from __future__ import annotations

import base64
import html
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from harness.aigate import relay
from harness.aigate.redaction import redactor
from harness.aigate.split_key import SplitKey
from harness.plain_http import local_client
from tests.unit.aigate.bench import OPENAI_KEY, Bench, NewBench
from tests.unit.aigate.provider import Behaviour, stream, whole

KEY = "sk-canary/\"x+y='1234&"
SPELLINGS = {
    "as it is": KEY,
    "JSON": json.dumps(KEY),
    "JSON in JSON": json.dumps(json.dumps(KEY)),
    "slashes escaped": json.dumps(KEY).replace("/", "\\/"),
    "all escaped": "".join(f"\\u{ord(char):04X}" for char in KEY),
    "an address": quote(KEY, safe=""),
    "HTML": html.escape(KEY),
    "capitals": KEY.upper(),
}


@pytest.mark.parametrize("spelling", sorted(SPELLINGS))
def test_no_spelling_of_the_key_passes(spelling: str) -> None:
    text = f'{{"error": {SPELLINGS[spelling]} }}'.encode()
    assert b"[key]" in redactor(KEY)(text)
    assert b"canary" not in redactor(KEY)(text).lower()


@pytest.mark.parametrize("before", ["", "u", "us", "Bearer "])
def test_nor_does_base64(before: str) -> None:
    text = base64.b64encode(f"{before}{KEY}--".encode())
    begin, end = redactor(KEY)(text).split(b"[key]")
    assert len(text) - len(begin + end) >= len(KEY)


def test_what_is_no_key_stays() -> None:
    text = b'{"content": "sk-canary is not a whole key"}'
    assert redactor(KEY)(text) == text
    assert redactor("x")(text) == text, "what local models take is no secret"


def echoing(where: str) -> Behaviour:
    told = f"you sent Bearer {OPENAI_KEY}, which is odd"
    chunk: dict[str, Any] = {"model": OPENAI_KEY, "choices": [], "error": {"message": told}}
    if where == "stream":
        return stream(f"data: {json.dumps(chunk)}", "data: [DONE]", f"data: {told}")
    return whole(chunk, status=int(where))


async def asked(bench: Bench) -> httpx.Response:
    async with local_client(f"http://127.0.0.1:{bench.port}", token=bench.token) as http:
        body = {"model": "m", "messages": [], "stream": True}
        return await http.post("/v1/chat/completions", json=body)


@pytest.mark.parametrize("where", ["200", "400", "429", "500", "stream"])
async def test_a_key_that_is_echoed_reaches_neither_the_caller_nor_the_record(
    open_bench: NewBench, where: str
) -> None:
    bench: Bench = await open_bench(echoing(where))
    answer = await asked(bench)
    await bench.switch.finished()
    assert "you sent Bearer [key], which is odd" in answer.text
    assert OPENAI_KEY not in answer.text + str(answer.headers)
    assert OPENAI_KEY not in repr(bench.switch.events)


@pytest.mark.parametrize("where", ["500", "stream"])
async def test_without_the_replacement_it_would(
    open_bench: NewBench, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(relay, "redactor", lambda _: lambda text: text)
    monkeypatch.setattr(relay, "SplitKey", lambda _: SplitKey(""))
    bench: Bench = await open_bench(echoing(where))
    answer = await asked(bench)
    await bench.switch.finished()
    assert OPENAI_KEY in answer.text
    assert OPENAI_KEY in repr(bench.switch.events)
