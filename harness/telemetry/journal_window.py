"""A journal, read again: of a drill that may be hours long, memory holds a stretch of time around
the moment that is asked about, in the recorder's own stores.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BadFile
from harness.telemetry import otlp
from harness.telemetry.journal import Kind, log_of, read_segment
from harness.telemetry.journal_files import begin_ms, segments
from harness.telemetry.log_store import LogStore
from harness.telemetry.trace_store import TraceStore

WINDOW_BYTES = 3 * 1024 * 1024
"""Of segments as they lie: about what the recorder itself holds while it runs, and seconds to
read."""
FIRST_BYTES = WINDOW_BYTES // 8
"""What is read before anything is answered; the rest of the stretch comes after it."""
AHEAD = 2
"""Segments after the moment that are read with it: whoever plays on is there next."""


@dataclass
class Stretch:
    """Segments from one to another, read."""

    first: int
    last: int
    traces: TraceStore
    logs: LogStore


class JournalWindow:
    """The stretch of a journal that was asked for last. One event loop uses it."""

    def __init__(self, folder: Path) -> None:
        self._segments = segments(folder)
        self._begins = [begin_ms(path) for path in self._segments]
        self._sizes = [path.stat().st_size for path in self._segments]
        self._stretch: Stretch | None = None
        self._reading = asyncio.Lock()
        self._growing: asyncio.Task[None] | None = None
        self.unreadable: list[str] = []

    async def around(self, until_ms: int | None) -> Stretch:
        """What had come by a moment (None: all), and some that came before and after it."""
        wanted = self._place(until_ms)
        async with self._reading:
            held = self._stretch
            if held is not None and self._serves(held, wanted):
                return held
            first, last = self._stretch_for(wanted, FIRST_BYTES)
            found = self._stretch = await asyncio.to_thread(self._read, first, last)
            if self._growing is not None:
                self._growing.cancel()
            self._growing = asyncio.create_task(self._grow(found, wanted))
            return found

    async def _grow(self, begun: Stretch, wanted: int) -> None:
        """Read the whole stretch, and show it unless another was asked for meanwhile."""
        first, last = self._stretch_for(wanted, WINDOW_BYTES)
        if (first, last) == (begun.first, begun.last):
            return
        whole = await asyncio.to_thread(self._read, first, last)
        if self._stretch is begun:
            self._stretch = whole

    def _place(self, until_ms: int | None) -> int:
        """The segment in which a moment lies; that after the last where there is none."""
        if until_ms is None:
            return len(self._segments) - 1
        return max(0, bisect_right(self._begins, until_ms) - 1)

    def _serves(self, held: Stretch, wanted: int) -> bool:
        """Whether the moment is in it with enough before."""
        if not held.first <= wanted <= held.last:
            return False
        return held.first == 0 or sum(self._sizes[held.first : wanted + 1]) >= FIRST_BYTES // 2

    def _stretch_for(self, wanted: int, size_bytes: int) -> tuple[int, int]:
        last = min(wanted + AHEAD, len(self._segments) - 1)
        first, held = last, self._sizes[last] if self._segments else 0
        while first > 0 and held + self._sizes[first - 1] <= size_bytes:
            first -= 1
            held += self._sizes[first]
        return max(0, first), last

    def _read(self, first: int, last: int) -> Stretch:
        found = Stretch(first, last, TraceStore(), LogStore())
        for path in self._segments[first : last + 1]:
            try:
                _read_into(found, path)
            except BadFile as error:
                self.unreadable.append(error.message)
        return found


def _read_into(stretch: Stretch, path: Path) -> None:
    for frame in read_segment(path):
        try:
            if frame.kind is Kind.LOG:
                stretch.logs.take(log_of(frame.content))
            else:
                is_json = frame.kind is Kind.SPANS_AS_JSON
                stretch.traces.add(otlp.split_spans(frame.content, is_json=is_json)[0])
        except (otlp.BadBody, ValueError, RecursionError) as error:
            raise BadFile(path, None, f"a frame cannot be read: {error}") from error
