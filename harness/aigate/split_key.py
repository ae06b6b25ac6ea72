"""The gate's key where a provider spells it in pieces: each in an event of its own, or in an item
of a list.

Pieces of one text are what the same place in event after event holds, such as
`choices[0].delta.content`, and what the items of a list hold; they are read together. An event in
which a text ends with the beginning of the key is held, with those that come after it, until the
next piece says whether that goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from harness.aigate.events_stream import LINE_END, EventTooLong, data_of, json_of
from harness.aigate.redaction import (
    GAP,
    REPLACED_BY,
    SECRET_CHARS_MIN,
    SPELLING_CHARS_MAX,
    Form,
    expression,
    forms,
)

SHOWN_CHARS_MAX = 4
"""So many first characters of a key may pass, as its kind has them (`sk-…`): a text that happens to
end with them is no reason to let a reader wait."""
HELD_MAX_BYTES = 1024 * 1024
CHANNELS_MAX = 1000
"""Places that hold text, in one stream."""
INDEX = "index"
"""How names of numbers end that tell texts of one event apart: `index`, `output_index`."""

_BEGUN = re.compile(
    r"\\{1,7}(?:u[0-9a-f]{0,7}|u\{[0-9a-f]{0,6}|x[0-9a-f]?|[0-7]{1,3})?|[%=](?:25){0,3}[0-9a-f]?"
    r"|&(?:a(?:m(?:p;?)?)?|(?:amp;)?(?:#x?[0-9a-f]{0,7}|[a-z]{1,8}))?|,|0x?",
    re.IGNORECASE,
)
"""A spelling of a character whose end is in the next piece."""

Channel = tuple[object, ...]


@dataclass
class _Piece:
    """A text in an event, where it stands."""

    channel: Channel
    holder: Any
    place: Any

    @property
    def text(self) -> str:
        text: str = self.holder[self.place]
        return text


@dataclass
class _Event:
    raw: bytes
    data: list[object]
    """The one value that it holds, as a list so that a piece may be all of it."""
    is_json: bool
    is_changed: bool = False
    pieces: list[_Piece] = field(default_factory=list)

    @classmethod
    def read(cls, raw: bytes) -> _Event:
        data = data_of(raw)
        event = cls(raw, [_plain(raw) if data is None else data], data is not None)
        event.pieces += _pieces(event.data, 0, (), ())
        return event

    def written(self) -> bytes:
        """As it came, unless something was taken out of it."""
        if not self.is_changed:
            return self.raw
        data = json.dumps(self.data[0]) if self.is_json else str(self.data[0])
        lines = [
            line for line in LINE_END.split(self.raw) if line and not line.startswith(b"data:")
        ]
        told = [b"data: " + one.encode("utf-8", "replace") for one in data.split("\n")]
        return b"\n".join([*lines, *told]) + b"\n\n"


class SplitKey:
    """Takes the pieces of a key out of the events of one stream."""

    def __init__(self, key: str) -> None:
        self._key = _Finder(key) if len(key) >= SECRET_CHARS_MIN else None
        self._held: list[_Event] = []
        self._held_bytes = 0
        self._pieces: dict[Channel, list[tuple[_Event, _Piece]]] = {}
        self._tails: dict[Channel, str] = {}
        """The end of what passed already, of each text."""
        self._begun: set[Channel] = set()
        """The texts that end with the beginning of the key."""

    def feed(self, raw: bytes) -> list[bytes]:
        """The events that may pass now, the given one among them or held. Raises EventTooLong."""
        if self._key is None:
            return [raw]
        event = _Event.read(raw)
        self._held.append(event)
        self._held_bytes += len(raw)
        for piece in event.pieces:
            self._pieces.setdefault(piece.channel, []).append((event, piece))
        for channel in {piece.channel for piece in event.pieces}:
            self._take_out(self._key, channel)
        if not self._begun:
            return self.rest()
        if self._held_bytes > HELD_MAX_BYTES:
            raise EventTooLong
        return []

    def whole(self, body: bytes) -> bytes:
        """The same for an answer that is no stream: one JSON value, its texts in lists."""
        data = json_of(body) if self._key is not None else None
        if self._key is None or data is None:
            return body
        event = _Event(body, [data], is_json=True)
        pieces: dict[Channel, list[_Piece]] = {}
        for piece in _pieces(event.data, 0, (), ()):
            pieces.setdefault(piece.channel, []).append(piece)
        # What stands in one piece, the redactor has taken out.
        self._pieces = {
            channel: [(event, piece) for piece in found]
            for channel, found in pieces.items()
            if len(found) > 1
        }
        for channel in self._pieces:
            self._take_out(self._key, channel)
        return json.dumps(event.data[0]).encode() if event.is_changed else body

    def rest(self) -> list[bytes]:
        """What is held, since nothing more comes, or nothing of it is the beginning of the key."""
        if len(self._tails) > CHANNELS_MAX:
            raise EventTooLong
        for channel, pieces in self._pieces.items():
            text = self._tails.get(channel, "") + "".join(piece.text for _, piece in pieces)
            self._tails[channel] = text[-SHOWN_CHARS_MAX * SPELLING_CHARS_MAX :]
        passed = [event.written() for event in self._held]
        self._held, self._held_bytes, self._pieces = [], 0, {}
        self._begun.clear()
        return passed

    def _take_out(self, key: _Finder, channel: Channel) -> None:
        pieces, tail = self._pieces[channel], self._tails.get(channel, "")
        text = tail + "".join(piece.text for _, piece in pieces)
        if spans := [one for one in key.found(text) if one[1] > len(tail)]:
            begin = len(tail)
            for event, piece in pieces:
                end = begin + len(piece.text)
                kept = _without(text, begin, end, spans, is_first_after=len(tail))
                event.is_changed |= kept != piece.text
                piece.holder[piece.place] = kept
                begin = end
            text = tail + "".join(piece.text for _, piece in pieces)
        if key.is_begun(text):
            self._begun.add(channel)
        else:
            self._begun.discard(channel)


class _Finder:
    """Finds a key in a text, whole or begun."""

    def __init__(self, key: str) -> None:
        self._forms = [_Begin(form) for form in forms(key)]
        self._whole = re.compile(expression(key), re.IGNORECASE)
        self._end_chars = SPELLING_CHARS_MAX * (2 * len(key) + 1)

    def found(self, text: str) -> list[tuple[int, int]]:
        """Where it stands."""
        return [one.span() for one in self._whole.finditer(text)]

    def is_begun(self, text: str) -> bool:
        """Whether `text` ends with its beginning, longer than may be shown."""
        end = text[-self._end_chars :]
        return any(form.ends(end) for form in self._forms)


class _Begin:
    """The beginning of a key in one of its forms."""

    _GAP = re.compile(GAP, re.IGNORECASE)

    def __init__(self, form: Form) -> None:
        self._chars = [[re.compile(way, re.IGNORECASE) for way in ways] for ways in form]
        self._first = re.compile(f"(?={'|'.join(form[0])})", re.IGNORECASE)

    def ends(self, text: str) -> bool:
        """Whether `text` ends with it."""
        return any(self._reaches_the_end(text, one.start()) for one in self._first.finditer(text))

    def _reaches_the_end(self, text: str, at: int) -> bool:
        # Several at once: `&` may be one character, or the beginning of `&amp;`.
        ends = {at}
        for count, ways in enumerate(self._chars):
            if count > SHOWN_CHARS_MAX and any(
                end == len(text) or _BEGUN.fullmatch(text, end) for end in ends
            ):
                return True
            found = [way.match(text, end) for end in ends for way in ways]
            ends = {one.end() for one in found if one is not None}
            ends |= {one.end() for end in ends if (one := self._GAP.match(text, end))}
            if not ends:
                return False
        return False


def _pieces(
    holder: Any, place: Any, path: tuple[str, ...], indexes: tuple[int, ...]
) -> Iterator[_Piece]:
    """Every text in a value. Items of a list are one text, unless an index tells them apart."""
    value = holder[place]
    if isinstance(value, str):
        yield _Piece((path, indexes), holder, place)
    elif isinstance(value, list):
        for number in range(len(value)):
            yield from _pieces(value, number, path, indexes)
    elif isinstance(value, dict):
        own = tuple(
            one for name, one in value.items() if name.endswith(INDEX) and isinstance(one, int)
        )
        for name in value:
            yield from _pieces(value, name, (*path, name), (*indexes, *own))


def _plain(raw: bytes) -> str:
    """What stands in an event that is no JSON."""
    lines = [line[5:].removeprefix(b" ") for line in LINE_END.split(raw) if line[:5] == b"data:"]
    return b"\n".join(lines).decode("utf-8", "replace")


def _without(
    text: str, begin: int, end: int, spans: Iterable[tuple[int, int]], *, is_first_after: int
) -> str:
    """The part of `text` from `begin` to `end`, without `spans`; where one begins, what stands for
    it. One that began in what has passed is replaced at its first character after that."""
    kept, at = [], begin
    for first, last in spans:
        if last <= begin or first >= end:
            continue
        kept.append(text[at : max(at, first)])
        if begin <= max(first, is_first_after) < end:
            kept.append(REPLACED_BY.decode())
        at = min(last, end)
    kept.append(text[at:end])
    return "".join(kept)
