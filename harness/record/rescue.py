"""What is done with a damaged record: copied aside as it was found, and its readable part saved."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

from harness.errors import RecordFailed
from harness.record import jsonl, schema
from harness.record.envelope import Envelope


def check(db: sqlite3.Connection, path: Path) -> None:
    """Raise RecordFailed where the record at `path` is damaged, having saved what can be.

    Must come before anything is written through `db`, so that the copy is as it was found.
    """
    try:
        problem = _problem(db)
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
    saved = jsonl.write(rest, _readable(db))
    raise RecordFailed(
        f"the record {path} is damaged: {problem}",
        f"it is kept as found in {copy}; its {saved} readable events are in {rest}",
    )


def _problem(db: sqlite3.Connection) -> str | None:
    verdict = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    if verdict != "ok":
        return verdict.splitlines()[0]
    version = schema.version_of(db)
    if version == 0:
        # Nothing was ever committed: a crash while the record was being begun.
        return None
    if version > schema.VERSION:
        return None
    before, expected = "", 1
    for row in schema.select(db, 0, "instructor", -1):
        if row[0] != expected:
            return f"event {expected} is missing"
        if schema.digest_of(before, row[:-1]) != row[-1]:
            return f"event {row[0]} is not what was written"
        before, expected = row[-1], row[0] + 1
    return None


def _quarantine(path: Path) -> Path:
    """Copy the files aside under a name made of their content, so that no copy is overwritten."""
    parts = [part for part in (path, path.with_name(path.name + "-wal")) if part.exists()]
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:8]
    copy = path.with_name(f"{path.stem}.damaged-{digest}{path.suffix}")
    for part in parts:
        target = copy.with_name(copy.name + part.name.removeprefix(path.name))
        if not target.exists():
            shutil.copyfile(part, target)
    return copy


def _readable(db: sqlite3.Connection) -> list[Envelope]:
    """All rows that can still be read: from the start up to the damage, then from the end."""
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
