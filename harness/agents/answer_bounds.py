"""Answers that fit what an agent reads at once: the longest parts are shortened, and it says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CHARS_MAX = 40_000
"""Of one answer as JSON: some ten thousand tokens."""
TEXT_CHARS_MIN = 200
"""Shorter texts are left whole."""


@dataclass(frozen=True)
class _Part:
    """A list or a text somewhere in an answer."""

    chars: int
    holder: Any
    key: Any
    path: str


def shortened(answer: Any, chars_max: int = CHARS_MAX) -> tuple[Any, tuple[str, ...]]:
    """`answer`, which must be JSON's, with at most `chars_max` characters; and what was left out.

    The longest list or text is halved until all has room: lists lose their end, texts theirs.
    """
    if _chars(answer) <= chars_max:
        return answer, ()
    box = json.loads(json.dumps([answer]))
    whole: dict[str, int] = {}
    while _chars(box[0]) > chars_max:
        longest = max(_parts(box[0], box, 0, ""), key=lambda one: one.chars, default=None)
        if longest is None:
            return None, (f"all of it: {_chars(answer)} characters are too many",)
        value = longest.holder[longest.key]
        whole.setdefault(longest.path, len(value))
        longest.holder[longest.key] = value[: len(value) // 2]
    return box[0], tuple(_left_out(box[0], whole))


def _left_out(shown: Any, whole: dict[str, int]) -> Iterator[str]:
    for path, length in whole.items():
        left = _at(shown, path)
        if left is None:
            continue  # it went with the list that it was in
        kind = "characters" if isinstance(left, str) else "items"
        yield f"{path or 'answer'}: {length - len(left)} of {length} {kind}"


def _at(value: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (IndexError, KeyError):
            return None
    return value


def _parts(value: Any, holder: Any, key: Any, path: str) -> Iterator[_Part]:
    """Whatever can be halved, outermost first. A list counts as long as what it holds, less the
    longest of it: one long text in it is shortened rather than everything beside it."""
    if isinstance(value, str):
        if len(value) >= TEXT_CHARS_MIN:
            yield _Part(_chars(value), holder, key, path)
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    if not isinstance(value, dict | list):
        return
    if isinstance(value, list) and len(value) > 1:
        sizes = [_chars(one) for one in value]
        yield _Part(sum(sizes) - max(sizes), holder, key, path)
    for name, one in items:
        if isinstance(one, str | list | dict):
            yield from _parts(one, value, name, f"{path}.{name}" if path else str(name))


def _chars(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False))
