"""The durable store of a drill's record: append, read, follow, export, import."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.errors import RecordFailed, UsageError
from harness.record import jsonl, rescue, schema
from harness.record.end_mark import End, EndMark
from harness.record.envelope import Envelope, encode, type_of
from harness.record.events import Audience, Event


@dataclass(frozen=True)
class Clock:
    """Where the record takes its time from; tests give another."""

    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000


class Record:
    """One drill's record in one SQLite file, with its end mark beside it.

    Safe to use from several threads. Opening checks the file: one that is damaged, or that lacks
    events it had, is copied aside and refused with RecordFailed; one written by a newer version is
    opened for reading only.
    """

    def __init__(
        self,
        path: Path,
        drill_id: str | None = None,
        *,
        clock: Clock | None = None,
        stands: bool = False,
    ) -> None:
        """Open the record at `path`; `drill_id` begins a new one where there is none. Where its
        clock `stands`, what is added is at the drill time of the newest event: the drill is over.
        """
        self.path = path
        self.read_only_because: str | None = None
        self._clock = clock or Clock()
        self._lock = threading.RLock()
        self._stands_at_ms: int | None = None
        self._followers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        is_new = not rescue.is_there(path)
        if drill_id is None and is_new:
            raise RecordFailed(f"there is no record at {path}", "a drill writes one when it starts")
        with self._failing("opened"):
            if not is_new:
                rescue.check(path)
            self._db = schema.connect(path)
        self._end: EndMark | None = None
        try:
            self._open(drill_id, stands=stands)
        except BaseException:
            self.close()
            raise
        if is_new:
            _sync_directory(path.parent)

    def _open(self, drill_id: str | None, *, stands: bool) -> None:
        with self._failing("opened"):
            version = schema.version_of(self._db)
            if version > schema.VERSION:
                self.read_only_because = (
                    f"the record was written by a newer version (format {version}, "
                    f"this one writes format {schema.VERSION})"
                )
            else:
                schema.create(self._db, drill_id or "")
                self._end = EndMark.open(self.path, schema.end_of(self._db))
            self.drill_id = schema.drill_id_of(self._db)
            last = self._last()
        self._started_ms = self._clock.monotonic_ms()
        if stands:
            self._stands_at_ms = last.drill_time_ms if last else 0
        if last is not None:
            # After a restart the drill's clock goes on where it stood, plus the time away.
            away = max(self._clock.wall() - last.wall_time, timedelta(0))
            self._started_ms -= last.drill_time_ms + int(away.total_seconds() * 1000)

    def append(self, event: Event, *, actor: str) -> Envelope:
        """Write `event`, and return its envelope only once it is durable.

        Raises RecordFailed, with nothing acknowledged, where the disk refuses.
        """
        payload = encode(event)
        with self._lock, self._failing("written"):
            if self.read_only_because:
                raise RecordFailed(self.read_only_because, "use the newer version to continue it")
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                row = schema.insert(
                    self._db, None, self._clock.wall(), self.drill_time_ms(), actor,
                    type_of(event), event.audience, payload,
                )  # fmt: skip
            self._mark(row)
            self._notify()
        return schema.envelope_of(row, self.drill_id)

    def events(
        self, after_seq: int = 0, *, audience: Audience = "instructor", limit: int | None = None
    ) -> list[Envelope]:
        """What was recorded after `after_seq`, in order.

        The audience `all` sees what everybody may see; `instructor` sees everything.
        """
        with self._lock, self._failing("read"):
            rows = schema.select(self._db, after_seq, audience, -1 if limit is None else limit)
            return [schema.envelope_of(row, self.drill_id) for row in rows]

    def last_seq(self) -> int:
        """The number of the newest event; 0 where there is none."""
        with self._lock, self._failing("read"):
            return schema.last_seq(self._db)

    def drill_time_ms(self) -> int:
        """Milliseconds since the record was begun."""
        if self._stands_at_ms is not None:
            return self._stands_at_ms
        return self._clock.monotonic_ms() - self._started_ms

    async def wait_beyond(self, seq: int) -> int:
        """Return the newest number as soon as it is greater than `seq`.

        Sees what this object appends, from whichever thread; cancel it to stop waiting.
        """
        woken = asyncio.Event()
        follower = (asyncio.get_running_loop(), woken)
        with self._lock:
            self._followers.add(follower)
        try:
            while (newest := self.last_seq()) <= seq:
                await woken.wait()
                woken.clear()
            return newest
        finally:
            with self._lock:
                self._followers.discard(follower)

    def export_jsonl(self, target: Path) -> int:
        """Write all events to `target` as CloudEvents, one a line; returns how many."""
        return jsonl.write(target, self.events())

    @classmethod
    def import_jsonl(cls, source: Path, path: Path) -> Self:
        """A new record at `path` with the events of an exported file, numbers and times kept.

        Raises BadFile naming the line, and UsageError where `path` exists.
        """
        if rescue.is_there(path):
            raise UsageError(f"{path} exists already", "import into a new file")
        lines = jsonl.read(source)
        record = cls(path, lines[0].drill_id if lines else "unnamed")
        with record._failing("written"), record._db:
            record._db.execute("BEGIN IMMEDIATE")
            for line in lines:
                schema.insert(
                    record._db, line.seq, line.wall_time, line.drill_time_ms, line.actor,
                    line.type, line.audience, json.dumps(dict(line.payload), ensure_ascii=False),
                )  # fmt: skip
        if record._end:
            record._end.advance(schema.end_of(record._db))
        return record

    def close(self) -> None:
        """Close the file; what was appended stays."""
        with self._lock:
            self._db.close()
            if self._end:
                self._end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _last(self) -> Envelope | None:
        newest = self.events(schema.last_seq(self._db) - 1, limit=1)
        return newest[0] if newest else None

    def _mark(self, row: schema.Row) -> None:
        if self._end:
            self._end.advance(End(row[0], row[-1]))

    def _notify(self) -> None:
        for loop, woken in self._followers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(woken.set)

    @contextmanager
    def _failing(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError, OSError) as error:
            raise RecordFailed(
                f"the record {self.path} could not be {verb}: {error}",
                "nothing was acknowledged; check that the disk has room and can be written",
            ) from error


def _sync_directory(folder: Path) -> None:
    """Make the file's name as durable as its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
