"""Following the services' log files: every complete line, once, whatever is in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LINE_BYTES_MAX = 16 * 1024
"""Longer lines are cut."""
READ_BYTES_MAX = 256 * 1024
"""Most that is read of one file in one poll."""
BEHIND_BYTES_MAX = 4 * 1024 * 1024
"""A file that is further ahead than this is continued near its end."""
FILES_MAX = 64


@dataclass
class _Tail:
    path: Path
    inode: int = 0
    offset: int = 0
    partial: bytearray = field(default_factory=bytearray)
    skipping: bool = False
    """Until the next newline: the line's beginning was given out already, or never read."""


class LogTail:
    """Polls `<directory>/<service>.jsonl`. Blocking, but bounded: a poll takes milliseconds.

    With `services` given, other files are left alone. `skipped_bytes` counts what was passed
    over because it came faster than it was read.
    """

    def __init__(self, directory: Path, services: Collection[str] = ()) -> None:
        self._directory = directory
        self._services = frozenset(services)
        self._tails: dict[str, _Tail] = {}
        self.skipped_bytes = 0

    def poll(self) -> Iterator[tuple[str, bytes]]:
        """What is new: the service's name and a line, without its newline."""
        for service, path in self._files():
            tail = self._tails.setdefault(service, _Tail(path))
            for line in self._read(tail):
                yield service, line

    def _files(self) -> list[tuple[str, Path]]:
        try:
            paths = sorted(self._directory.glob("*.jsonl"))
        except OSError:
            return []
        chosen = [path for path in paths if not self._services or path.stem in self._services]
        return [(path.stem, path) for path in chosen[:FILES_MAX]]

    def _read(self, tail: _Tail) -> list[bytes]:
        try:
            # Neither a link out of the directory nor a pipe that nobody writes to.
            handle = os.open(tail.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return []
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                return []
            self._place(tail, status)
            data = os.pread(handle, READ_BYTES_MAX, tail.offset)
        except OSError:
            return []
        finally:
            os.close(handle)
        tail.offset += len(data)
        return list(_lines(tail, data))

    def _place(self, tail: _Tail, status: os.stat_result) -> None:
        """Begin again where the file was replaced or truncated; jump ahead where it is far off."""
        if status.st_ino != tail.inode or status.st_size < tail.offset:
            tail.inode, tail.offset, tail.skipping = status.st_ino, 0, False
            tail.partial.clear()
        if status.st_size - tail.offset > BEHIND_BYTES_MAX:
            target = status.st_size - READ_BYTES_MAX
            self.skipped_bytes += target - tail.offset
            tail.offset, tail.skipping = target, True
            tail.partial.clear()


def _lines(tail: _Tail, data: bytes) -> Iterator[bytes]:
    *complete, rest = data.split(b"\n")
    for piece in complete:
        if not tail.skipping:
            yield bytes(tail.partial + piece)[:LINE_BYTES_MAX]
        tail.partial.clear()
        tail.skipping = False
    if tail.skipping:
        return
    tail.partial += rest
    if len(tail.partial) >= LINE_BYTES_MAX:
        yield bytes(tail.partial[:LINE_BYTES_MAX])
        tail.partial.clear()
        tail.skipping = True
