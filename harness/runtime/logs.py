"""Log files of the stack's processes: their last lines, and their bound.

Who writes a log can put something else in its place: a pipe would keep its reader waiting for ever,
a link would have another file shown, or cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from pathlib import Path

from harness import limits

TAIL_BYTES = 64 * 1024
LINE_MAX = 2000


def tail(path: Path, lines: int = limits.LOG_TAIL_LINES, *, since: int = 0) -> str:
    """The last lines of a log, of those written after byte `since`; empty where there are none."""
    try:
        with open(_opened(path, os.O_RDONLY), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            # A log that is shorter than it was has been cut in between.
            start = since if since <= size else 0
            file.seek(max(start, size - TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(line[:LINE_MAX] for line in text.splitlines()[-lines:])


def cap(path: Path, cap_bytes: int) -> bool:
    """Cut a log that has outgrown half its bound, keeping its end in `<name>.1`; True if cut.

    The writers append (O_APPEND), so that they go on at the new end. Lines written between the
    copy and the cut are lost: the price of never making a service wait. Raises OSError.
    """
    half = cap_bytes // 2
    if path.lstat().st_size <= half:
        return False
    older = path.with_name(f"{path.name}.1")
    older.unlink(missing_ok=True)
    with open(_opened(path, os.O_RDWR), "r+b") as source, older.open("xb") as kept:
        size = source.seek(0, os.SEEK_END)
        offset = max(size - half, 0)
        while offset < size and (sent := os.sendfile(kept.fileno(), source.fileno(), offset, half)):
            offset += sent
        source.truncate(0)
    return True


def _opened(path: Path, flags: int) -> int:
    """A descriptor of a regular file. Raises OSError where something else lies there."""
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{path} is no file")
    return handle


async def watch(folder: Path, cap_bytes: int = limits.LOG_CAP_BYTES) -> None:
    """Keep every log of a folder within its bound, until cancelled."""
    while True:
        await asyncio.to_thread(_cap_all, folder, cap_bytes)
        await asyncio.sleep(limits.LOG_WATCH_S)


def _cap_all(folder: Path, cap_bytes: int) -> None:
    for path in folder.glob("*.jsonl"):
        with contextlib.suppress(OSError):  # a full disk: the next round tries again
            cap(path, cap_bytes)
