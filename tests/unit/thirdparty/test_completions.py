"""What the model wrote to its end is known; what was cut off, or is somebody else's, is not."""

from __future__ import annotations

import json

import aiohttp
import pytest

from harness.thirdparty.completions import CompletionBook
from harness.thirdparty.llm import MODELS

ORDER = "- 2 x Alder Kettle\n- 1 x Brook Whisk"


async def complete(provider, **changes):
    body = {"model": MODELS[0], "messages": [{"role": "user", "content": ORDER}], **changes}
    async with (
        aiohttp.ClientSession(provider.model_url) as session,
        session.post("/v1/chat/completions", json=body) as response,
    ):
        return (await response.json())["choices"][0]["message"]["content"]


async def test_what_was_written_is_found_in_what_is_passed_on(start):
    provider = await start("normal")
    text = await complete(provider)
    assert await provider.control.completions_within(text) == [text]
    assert await provider.control.completions_within(f"Dear Ada,\n{text} Yours.") == [text]
    assert await provider.control.completions_within(text[:-1]) == []
    assert await provider.control.completions_within("\udce9") == []


async def test_what_was_cut_off_was_not_written(start):
    provider = await start("normal")
    text = await complete(provider, max_tokens=8)
    assert await provider.control.completions_within(text) == []


async def test_rankings_are_not_kept(start):
    provider = await start("normal")
    ranking = await complete(
        provider,
        messages=[{"role": "user", "content": json.dumps({"user_id": 7, "candidates": ["A"]})}],
        response_format={"type": "json_object"},
    )
    assert await provider.control.completions_within(ranking) == []


@pytest.mark.parametrize("text", ["one two", " one\n two ", "before one two after"])
def test_how_lines_are_broken_does_not_matter(text: str) -> None:
    book = CompletionBook()
    book.keep("one  two\n")
    assert book.within(text) == ["one two"]


def test_only_the_newest_are_kept_and_one_given_again_is_new() -> None:
    book = CompletionBook(capacity=2)
    for text in ("first", "second", "first", "third"):
        book.keep(text)
    assert book.within("first second third") == ["first", "third"]


def test_an_empty_answer_is_in_no_text() -> None:
    book = CompletionBook()
    book.keep(" \n")
    assert book.within("anything") == []
