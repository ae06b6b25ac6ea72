"""A provider that quotes the gate's key: nobody sees it, however it is spelt."""

from __future__ import annotations

import base64
import html
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest

from harness.aigate import relay
from harness.aigate.redaction import redactor
from harness.aigate.split_key import SplitKey
from harness.plain_http import local_client
from tests.unit.aigate.bench import OPENAI_KEY, Bench, NewBench
from tests.unit.aigate.provider import Behaviour, stream, whole

KEY = "sk-canary/\"x+y='1234&"


def wrap_at(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


SPELLINGS = {
    "as it is": KEY,
    "JSON": json.dumps(KEY),
    "JSON in JSON": json.dumps(json.dumps(KEY)),
    "slashes escaped": json.dumps(KEY).replace("/", "\\/"),
    "all escaped": "".join(f"\\u{ord(char):04X}" for char in KEY),
    "an address": quote(KEY, safe=""),
    "HTML": html.escape(KEY),
    "capitals": KEY.upper(),
    "an address in an address": quote(quote(KEY, safe=""), safe=""),
    "JSON in JSON in JSON": json.dumps(json.dumps(json.dumps(KEY))),
    "bytes of Python": "".join(f"\\x{ord(char):02x}" for char in KEY),
    "octal": "".join(f"\\{ord(char):03o}" for char in KEY),
    "JavaScript": "".join(f"\\u{{{ord(char):x}}}" for char in KEY),
    "quoted-printable": "".join(f"={ord(char):02X}" for char in KEY),
    "entities by name": KEY.replace("'", "&apos;").replace("/", "&sol;").replace("+", "&plus;"),
    "HTML in HTML": html.escape("".join(f"&#{ord(char)};" for char in KEY)),
    "wrapped": "\n    ".join(wrap_at(KEY, 7)),
    "wrapped in JSON": json.dumps("\r\n\t".join(wrap_at(KEY, 7))),
    "blanks in an address": "%20".join(wrap_at(KEY, 3)),
    "what cannot be seen": "\u200b".join(KEY),
    "what cannot be seen, escaped": json.dumps("\u00ad".join(KEY)),
    "UTF-16": "\0".join(KEY),
    "hexadecimal": KEY.encode().hex(),
    "hexadecimal by the byte": KEY.encode().hex(":"),
    "numbers": json.dumps(list(KEY.encode())),
}


@pytest.mark.parametrize("spelling", sorted(SPELLINGS))
def test_no_spelling_of_the_key_passes(spelling: str) -> None:
    text = f'{{"error": {SPELLINGS[spelling]} }}'.encode()
    found = redactor(KEY)(text)
    begin, end = found.split(b"[key]")
    assert (begin.strip(b'\\"['), end.strip(b'\\"]')) == (b'{"error": ', b" }")


@pytest.mark.parametrize("spelling", sorted(SPELLINGS))
def test_what_is_spelt_alike_and_is_another_key_stays(spelling: str) -> None:
    """Negative control: it is this key that is looked for."""
    text = f'{{"error": {SPELLINGS[spelling]} }}'.encode()
    assert redactor(KEY.replace("1234", "1235"))(text) == text


@pytest.mark.parametrize("before", ["", "u", "us", "Bearer "])
def test_nor_does_base64(before: str) -> None:
    text = base64.b64encode(f"{before}{KEY}--".encode())
    begin, end = redactor(KEY)(text).split(b"[key]")
    assert len(text) - len(begin + end) >= len(KEY)


@pytest.mark.parametrize(
    "written",
    [
        lambda text: base64.urlsafe_b64encode(text).decode(),
        lambda text: quote(base64.b64encode(text).decode(), safe=""),
        lambda text: json.dumps(base64.encodebytes(text * 5).decode()).replace("/", "\\/"),
    ],
    ids=["for addresses", "in an address", "in lines"],
)
@pytest.mark.parametrize("before", ["", "u", "us", "Bearer "])
def test_nor_does_base64_in_another_dress(before: str, written: Callable[[bytes], str]) -> None:
    key = "sk-\x7f?~>canary-\x7f?~>1234"  # both characters that differ are in its base64
    text = written(f"{before}{key}--".encode()).encode()
    found = redactor(key)(text)
    assert len(found.replace(b"[key]", b"")) <= len(text) - len(key) * text.count(b"c2st")
    assert b"[key]" in found
    plain = re.sub(r"\\n|[^A-Za-z0-9]", "", unquote(found.decode()))
    inside = re.sub("[^A-Za-z0-9]", "", base64.b64encode(key.encode()[3:-3]).decode())
    assert inside not in plain


def test_megabytes_are_read_in_no_time() -> None:
    """Linear in the answer, whatever it is made of."""
    for part in (b"sk-canary is odd ", b"\\" * 17, b"s\n \n \n k ", b"&amp;#115;", b"%25" * 6):
        few, many = part * 10_000, part * 200_000
        assert spent(many) < 200 * max(spent(few), 0.001)


def spent(text: bytes) -> float:
    began = time.process_time()
    redactor(KEY)(text)
    return time.process_time() - began


def test_what_is_no_key_stays() -> None:
    text = b'{"content": "sk-canary is not a whole key"}'
    assert redactor(KEY)(text) == text
    assert redactor("x")(text) == text, "what local models take is no secret"


IN_LISTS = {
    "tokens": {"logprobs": {"content": [{"token": char} for char in KEY]}},
    "words": {"error": {"words": ["you", "sent", *wrap_at(KEY, 5), "to us"]}},
    "nested": {"errors": [{"path": [[piece]]} for piece in wrap_at(quote(KEY, safe=""), 4)]},
    "one character": ["sk-", *KEY[3:]],
}


@pytest.mark.parametrize("where", sorted(IN_LISTS))
def test_a_key_in_the_items_of_a_list_does_not_pass(where: str) -> None:
    body = json.dumps(IN_LISTS[where]).encode()
    assert redactor(KEY)(body) == body, "negative control: it stands nowhere in one piece"
    found = SplitKey(KEY).whole(body).decode()
    assert "[key]" in found
    shown = "".join(re.findall(r'"([^"]*)"', found.replace('\\"', "")))
    assert "canary" not in shown
    assert ("to us" in found) == (where == "words")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":  ["sk-canary", "is not a whole key"]}',
        b"no JSON: sk-canary",
        b"",
        b'{"a": [{"index": 0, "text": "sk-canary/"}, {"index": 1, "text": "\\"x+y=\'1234&"}]}',
    ],
)
def test_what_is_no_key_in_a_list_stays_as_it_came(body: bytes) -> None:
    assert SplitKey(KEY).whole(body) == body


async def test_a_caller_does_not_hear_a_key_in_a_list(open_bench: NewBench) -> None:
    said = {"model": "m", "error": {"words": wrap_at(OPENAI_KEY, 6)}}
    bench: Bench = await open_bench(whole(said, status=500))
    answer = await asked(bench)
    await bench.switch.finished()
    words = answer.json()["error"]["words"]
    assert "".join(words) == "[key]"


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
