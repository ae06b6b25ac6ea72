"""What is done with a damaged record: copied aside as it was found, and its readable part saved."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
import tempfile
from pathlib import Path

from harness.errors import RecordFailed
from harness.record import end_mark, jsonl, schema
from harness.record.end_mark import End
from harness.record.envelope import Envelope

LOG = "-wal"
PAGE_BYTES = 4096


def check(path: Path) -> None:
    """Raise RecordFailed where the record at `path` is damaged, having saved what can be.

    Must come before anything else opens it. SQLite puts a log into its file as the last connection
    closes, and throws away one whose file is empty: only who cannot write leaves all as it was.
    """
    try:
        problem = _emptied(path) or _problem(path)
    except sqlite3.OperationalError as error:
        raise RecordFailed(
            f"the record {path} could not be opened: {error}",
            "check its permissions, and that no other program holds it",
        ) from error
    except (sqlite3.DatabaseError, ValueError) as error:
        problem = str(error)
    if problem is None:
        return
    copy = _quarantine(path)
    rest = path.with_name(f"{copy.stem}.readable.jsonl")
    saved = jsonl.write(rest, _readable(copy))
    raise RecordFailed(
        f"the record {path} is damaged: {problem}",
        f"it is kept as found in {copy}; its {saved} readable events are in {rest}",
    )


def is_there(path: Path) -> bool:
    """Whether anything of a record is at `path`, be it without the file itself."""
    return path.exists() or _log_bytes(path) > 0 or end_mark.path_of(path).exists()


def _emptied(path: Path) -> str | None:
    """What is wrong with a record whose file is empty or gone; None where it never had an event."""
    if path.exists() and path.stat().st_size > 0:
        return None
    what = "its file is empty" if path.exists() else "its file is gone"
    if _log_bytes(path):
        return f"{what}, beside a log of {_log_bytes(path)} bytes"
    end = end_mark.read(path)
    return f"{what}: {_missing(1, end.seq)}" if end and end.seq else None


def _problem(path: Path) -> str | None:
    if not path.exists():
        return None
    end = end_mark.read(path)
    with contextlib.closing(schema.connect_to_read(path)) as db:
        verdict = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        if verdict != "ok":
            return verdict.splitlines()[0]
        version = schema.version_of(db)
        if version > schema.VERSION:
            return None
        if version == 0:
            # Nothing was ever committed: a crash while the record was being begun.
            return _missing(1, end.seq) if end and end.seq else None
        return _gap(db, end)


def _gap(db: sqlite3.Connection, end: End | None) -> str | None:
    before, expected = "", 1
    for row in schema.select(db, 0, "instructor", -1):
        if row[0] != expected:
            return f"event {expected} is missing"
        marked = end is not None and row[0] == end.seq and row[-1] != end.digest
        if schema.digest_of(before, row[:-1]) != row[-1] or marked:
            return f"event {row[0]} is not what was written"
        before, expected = row[-1], row[0] + 1
    return _missing(expected, end.seq) if end and end.seq >= expected else None


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"its last event, {last}, is missing"
    return f"its last events, {first} to {last}, are missing"


def _log_bytes(path: Path) -> int:
    log = path.with_name(path.name + LOG)
    return log.stat().st_size if log.exists() else 0


def _quarantine(path: Path) -> Path:
    """Copy the files aside under a name made of their content, so that no copy is overwritten."""
    beside = (path.with_name(path.name + LOG), end_mark.path_of(path))
    parts = [part for part in (path, *beside) if part.exists()]
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:8]
    copy = path.with_name(f"{path.stem}.damaged-{digest}{path.suffix}")
    for part in parts:
        target = copy.with_name(copy.name + part.name.removeprefix(path.name))
        if not target.exists():
            shutil.copyfile(part, target)
    return copy


def _readable(copy: Path) -> list[Envelope]:
    """All rows that can still be read: from the start up to the damage, then from the end."""
    with tempfile.TemporaryDirectory(dir=copy.parent, prefix=".reading-") as name:
        scratch = Path(name) / copy.name
        for part in (copy, copy.with_name(copy.name + LOG)):
            if part.exists():
                shutil.copyfile(part, scratch.with_name(part.name))
        if not scratch.exists() or scratch.stat().st_size == 0:
            # Something must be there, or SQLite throws the log away; what it is, the log says.
            scratch.write_bytes(bytes(PAGE_BYTES))
        with contextlib.closing(schema.connect(scratch)) as db:
            return _rows(db)


def _rows(db: sqlite3.Connection) -> list[Envelope]:
    found: dict[int, Envelope] = {}
    try:
        drill_id = schema.drill_id_of(db)
    except sqlite3.DatabaseError:
        drill_id = "unknown"
    for order in ("ASC", "DESC"):
        try:
            for row in db.execute(f"SELECT {schema.COLUMNS} FROM events ORDER BY seq {order}"):  # noqa: S608
                if row[0] in found:
                    break
                found[row[0]] = schema.envelope_of(row, drill_id)
        except (sqlite3.DatabaseError, ValueError, TypeError):
            continue
    return [found[seq] for seq in sorted(found)]
