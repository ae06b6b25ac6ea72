"""Server-sent events, cut where they end, so that only whole ones are passed on."""

from __future__ import annotations

import re

from pydantic_core import from_json

EVENT_MAX_BYTES = 4 * 1024 * 1024

_END = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
LINE_END = re.compile(rb"\r\n|\n|\r")
_OVERLAP_BYTES = 3
"""An end of four bytes may have three of them in what was searched already."""


class EventTooLong(Exception):
    """More than EVENT_MAX_BYTES without the end of an event."""


class EventSplitter:
    """Collects chunks, gives whole events with their closing blank line."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The events that `chunk` completes. Raises EventTooLong."""
        searched = max(0, len(self._held) - _OVERLAP_BYTES)
        self._held += chunk
        events, begin = [], 0
        while found := _END.search(self._held, searched):
            events.append(bytes(self._held[begin : found.end()]))
            begin = searched = found.end()
        del self._held[:begin]
        if len(self._held) > EVENT_MAX_BYTES:
            raise EventTooLong
        return events

    def rest(self) -> bytes:
        """What came after the last whole event: some servers leave out the last blank line."""
        return bytes(self._held)


def data_of(event: bytes) -> object:
    """The JSON that an event's data holds; None where it is none."""
    lines = [
        line[5:].removeprefix(b" ") for line in LINE_END.split(event) if line.startswith(b"data:")
    ]
    return json_of(b"\n".join(lines)) if lines else None


def json_of(text: bytes) -> object:
    """The value that `text` spells; None where it is not JSON."""
    try:
        return from_json(text)
    except ValueError:
        return None
