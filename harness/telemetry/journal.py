"""What the recorder takes, written down as it comes: read again, a drill that is over shows its
traces and log lines as they were seen, also those that memory had no room for.

A segment is half a minute, named after the moment that it begins at. In it stand frames: what kind
it is, how long, and the bytes.
"""

from __future__ import annotations

import gzip
import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from harness.errors import BadFile
from harness.telemetry import journal_files
from harness.telemetry.journal_files import SEGMENT_BYTES_MAX, WRITTEN, segments, unpacked
from harness.telemetry.log_records import LEVELS, LogRecord
from harness.telemetry.otlp import BODY_BYTES_MAX

SEGMENT_MS = 30_000
FLUSH_MS = 2_000
"""What a host that is killed loses at most."""
JOURNAL_BYTES_MAX = 512 * 1024 * 1024
"""Of all segments; the oldest go first."""
LEVEL = 1
"""Of what is packed better soon after."""
PACKED_S = 10.0
"""The newest segment is packed within that when the journal ends, or stays as it is."""
_HEADER = struct.Struct(">BI")


class Kind(Enum):
    """What a frame holds."""

    SPANS = 1
    """An ExportTraceServiceRequest."""
    SPANS_AS_JSON = 2
    LOG = 3


@dataclass(frozen=True)
class Frame:
    """One thing that the recorder took."""

    kind: Kind
    content: bytes


def _now_ms() -> int:
    return int(time.time() * 1000)


class Journal:
    """Writes segments into a folder. One event loop uses it. A disk that refuses ends the journal,
    and never the recorder: `failed` then says why."""

    def __init__(
        self,
        folder: Path,
        *,
        bytes_max: int = JOURNAL_BYTES_MAX,
        now_ms: Callable[[], int] = _now_ms,
    ) -> None:
        self._folder, self._bytes_max, self._now_ms = folder, bytes_max, now_ms
        self._file: gzip.GzipFile | None = None
        self._path: Path | None = None
        self._begin_ms = self._flushed_ms = 0
        self._segment_bytes = 0
        self._packing: threading.Thread | None = None
        self.failed = ""

    def spans(self, body: bytes, *, is_json: bool) -> None:
        """Keep a body of spans as it came."""
        self._write(Kind.SPANS_AS_JSON if is_json else Kind.SPANS, body)

    def log(self, record: LogRecord) -> None:
        """Keep a log record with its number."""
        fields = (
            record.seq,
            record.at_ms,
            record.service,
            record.level,
            record.trace_id,
            record.content,
            record.is_json,
        )
        self._write(Kind.LOG, json.dumps(fields).encode())

    def flush(self) -> None:
        """Hand what was written to the kernel, from time to time."""
        now_ms = self._now_ms()
        if self._file is None or now_ms - self._flushed_ms < FLUSH_MS:
            return
        self._flushed_ms = now_ms
        try:
            self._file.flush()
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """End the journal; its last segment is packed, too."""
        self._end_segment()
        if self._packing is not None:
            self._packing.join(PACKED_S)

    def _end_segment(self) -> None:
        file, self._file = self._file, None
        if file is None or self._path is None:
            return
        try:
            file.close()
        except OSError as error:
            self._fail(error)
            return
        self._packing = threading.Thread(
            target=self._pack, args=(self._path, self._packing), daemon=True
        )
        self._packing.start()

    def _pack(self, segment: Path, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        try:
            journal_files.pack(segment)
        except OSError as error:
            self.failed = str(error)

    def _write(self, kind: Kind, content: bytes) -> None:
        if self.failed:
            return
        try:
            file = self._current()
            file.write(_HEADER.pack(kind.value, len(content)))
            file.write(content)
            self._segment_bytes += _HEADER.size + len(content)
        except OSError as error:
            self._fail(error)
        self.flush()

    def _current(self) -> gzip.GzipFile:
        now_ms = self._now_ms()
        is_full = self._segment_bytes > SEGMENT_BYTES_MAX // 2
        if self._file is None or is_full or now_ms - self._begin_ms >= SEGMENT_MS:
            self._end_segment()
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
            # Never two of a name: one may be in the hands of the packer.
            self._begin_ms = max(now_ms, self._begin_ms + 1)
            self._path = self._folder / f"{self._begin_ms:015d}{WRITTEN}"
            self._file = gzip.GzipFile(self._path, "wb", compresslevel=LEVEL)
            self._flushed_ms = now_ms
            self._segment_bytes = 0
        return self._file

    def _make_room(self) -> None:
        sizes = dict(_sizes(self._folder))
        total = sum(sizes.values())
        for path, size in sizes.items():
            if total <= self._bytes_max:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _fail(self, error: OSError) -> None:
        self.failed = str(error)
        self._file = None


def _sizes(folder: Path) -> Iterator[tuple[Path, int]]:
    """The segments, the oldest first. One may be packed, and so renamed, while we look."""
    for path in segments(folder):
        with suppress(FileNotFoundError):
            yield path, path.stat().st_size


def read_segment(path: Path) -> Iterator[Frame]:
    """The frames of a segment, up to where it breaks off. Raises BadFile where it is none."""
    held = bytearray()
    for piece in unpacked(path):
        held += piece
        begin = 0
        while len(held) - begin >= _HEADER.size:
            kind, length = _HEADER.unpack_from(held, begin)
            if length > BODY_BYTES_MAX:
                raise BadFile(path, None, "a frame in it is larger than any that is written")
            end = begin + _HEADER.size + length
            if end > len(held):
                break
            try:
                yield Frame(Kind(kind), bytes(held[begin + _HEADER.size : end]))
            except ValueError as error:
                raise BadFile(path, None, f"there is no frame of kind {kind}") from error
            begin = end
        del held[:begin]


def log_of(content: bytes) -> LogRecord:
    """The log record in a frame. Raises ValueError where it is none."""
    fields = json.loads(content)
    if not isinstance(fields, list) or len(fields) != 7:
        raise ValueError("no log record")
    seq, at_ms, service, level, trace_id, text, is_json = fields
    record = LogRecord(
        int(seq), int(at_ms), str(service), str(level), str(trace_id), str(text), bool(is_json)
    )
    if record.level not in LEVELS or (record.is_json and not isinstance(json.loads(text), dict)):
        raise ValueError("no log record")
    return record
