"""The end mark of a record: which event is its newest, kept in a file beside it.

Each row's digest holds the row before it, so that a change is found. But a chain whose last rows
are missing is a shorter chain, and SQLite drops the end of a log that was cut, changed or removed
without a word. What the end mark names must be there.

It is written after the commit, so that it may lag behind by an event whose writer was killed, and
never runs ahead. It is not synced: what a power cut may take from it is only that it lags more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_FORM = re.compile(r"(\d{20}) ([0-9a-f]{32}| {32})\n")


@dataclass(frozen=True)
class End:
    """The newest event: its number, and the digest of its row; 0 and nothing before the first."""

    seq: int = 0
    digest: str = ""


def path_of(record: Path) -> Path:
    """Where the end mark of the record at `record` lies."""
    return record.with_name(f"{record.name}-end")


def read(record: Path) -> End | None:
    """The end mark; None where there is none, as of a record that was copied alone.

    Raises ValueError where it is no end mark. Read it before the events, which may go on meanwhile.
    """
    try:
        content = path_of(record).read_bytes()
    except FileNotFoundError:
        return None
    return _parsed(content)


class EndMark:
    """The end mark of a record that is open, moved on with every event. Close it."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def open(cls, record: Path, newest: End) -> Self:
        """Open it; begin it with `newest` where there is none yet. Raises OSError."""
        path = path_of(record)
        if not path.exists():
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(handle, _text(newest))
                os.fsync(handle)
                with contextlib.suppress(FileExistsError):
                    os.link(draft, path)  # whole, or not there at all
            finally:
                os.close(handle)
                draft.unlink()
        return cls(os.open(path, os.O_RDWR))

    def advance(self, newest: End) -> None:
        """Move on to `newest`, unless another writer was faster."""
        # The event is durable already: a disk that refuses this costs the mark, not the event.
        with contextlib.suppress(OSError, ValueError):
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            try:
                text = _text(newest)
                if _parsed(os.pread(self._handle, len(text), 0)).seq < newest.seq:
                    os.pwrite(self._handle, text, 0)
            finally:
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; it stays."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _text(end: End) -> bytes:
    """Of one length, so that one write replaces another."""
    return f"{end.seq:020d} {end.digest:<32}\n".encode("ascii")


def _parsed(content: bytes) -> End:
    found = _FORM.fullmatch(content.decode("ascii", errors="replace"))
    if found is None:
        raise ValueError("its end mark cannot be read")
    return End(int(found[1]), found[2].strip())
