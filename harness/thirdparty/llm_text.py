"""What the pretended model says. The same prompt always gets the same answer."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass

TOKEN = re.compile(r"\s*\S{1,4}")
"""About four characters a token, as a rule of thumb for English; joined they are the text."""
SUMMARY_LINES = 3
OFF_TOPIC = (
    "As an assistant I am glad to help. The weather in the mountains is often changeable, so a "
    "warm coat is recommended. Please let me know whether there is anything else."
)


@dataclass(frozen=True)
class Answer:
    """A completion, cut off after the tokens that were allowed."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    finish_reason: str
    """`stop`, or `length` where it was cut off."""


def answer(prompt: str, max_tokens: int, *, wants_json: bool, is_sensible: bool) -> Answer:
    """Answer `prompt`: a ranking of its `candidates` where JSON is wanted, else a summary."""
    whole = _ranking(prompt, is_sensible) if wants_json else _summary(prompt, is_sensible)
    tokens = TOKEN.findall(whole)
    return Answer(
        text="".join(tokens[:max_tokens]),
        prompt_tokens=count_tokens(prompt),
        completion_tokens=min(len(tokens), max_tokens),
        finish_reason="length" if len(tokens) > max_tokens else "stop",
    )


def count_tokens(text: str) -> int:
    """How many tokens `text` is billed as."""
    return len(TOKEN.findall(text))


def _summary(prompt: str, is_sensible: bool) -> str:
    if not is_sensible:
        return OFF_TOPIC
    lines = [line.strip(" -") for line in prompt.splitlines() if line.strip()]
    named, others = lines[:SUMMARY_LINES], len(lines) - SUMMARY_LINES
    more = f", and {others} more" if others > 0 else ""
    return f"This order holds {', '.join(named)}{more}. A well matched choice."


def _ranking(prompt: str, is_sensible: bool) -> str:
    try:
        asked = json.loads(prompt)
        user, candidates = asked["user_id"], [str(sku) for sku in asked["candidates"]]
    except (ValueError, KeyError, TypeError):
        return "{}"  # a real model, too, answers something to a prompt that makes no sense
    if not is_sensible:
        return json.dumps({"ranking": ["popular-item", "best-seller"]})
    taste = sorted(candidates, key=lambda sku: zlib.crc32(f"{user}/{sku}".encode()))
    return json.dumps({"ranking": taste})
