"""The tables of a record, and every statement on them.

Each row carries a digest over itself and the row before it, so that damage within a page, which
SQLite itself does not notice, is found; `end_mark` says where the chain ends.
"""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import datetime
from pathlib import Path

from harness.record.end_mark import End
from harness.record.envelope import Envelope, decode, to_iso
from harness.record.events import Audience

VERSION = 1
"""Of the format; a file with a greater one is only read."""

Row = tuple[int, str, int, str, str, Audience, str, str]
"""seq, wall_time, drill_time_ms, actor, type, audience, payload, digest."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    wall_time TEXT NOT NULL,
    drill_time_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    type TEXT NOT NULL,
    audience TEXT NOT NULL,
    payload TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
"""
COLUMNS = "seq, wall_time, drill_time_ms, actor, type, audience, payload, digest"


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, usable from any thread under the caller's lock."""
    return sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, neither now nor as it closes."""
    name = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(name, uri=True, timeout=5.0, isolation_level=None)


def version_of(db: sqlite3.Connection) -> int:
    """The format of the file; 0 for a new one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def create(db: sqlite3.Connection, drill_id: str) -> None:
    """Make commits durable, and make the tables where they are not there yet."""
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    with db:
        db.execute("BEGIN IMMEDIATE")
        if version_of(db) == 0:
            for statement in _TABLES.split(";"):
                db.execute(statement)
            db.execute("INSERT INTO meta VALUES ('drill_id', ?)", (drill_id,))
            db.execute(f"PRAGMA user_version={VERSION}")


def drill_id_of(db: sqlite3.Connection) -> str:
    """The drill that the record belongs to."""
    row = db.execute("SELECT value FROM meta WHERE key = 'drill_id'").fetchone()
    return str(row[0]) if row else ""


def insert(
    db: sqlite3.Connection,
    seq: int | None,
    wall_time: datetime,
    drill_time_ms: int,
    actor: str,
    type_name: str,
    audience: Audience,
    payload: str,
) -> Row:
    """Add one row within the caller's transaction; `seq` None means the next number."""
    last, before = db.execute(
        "SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1"
    ).fetchone() or (0, "")
    number = last + 1 if seq is None else seq
    fields = (number, to_iso(wall_time), drill_time_ms, actor, type_name, audience, payload)
    row = (*fields, digest_of(before, fields))
    db.execute(f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
    return row


def select(db: sqlite3.Connection, after_seq: int, audience: Audience, limit: int) -> list[Row]:
    """Rows after `after_seq` in order that `audience` may see; a negative limit means all."""
    return db.execute(
        f"SELECT {COLUMNS} FROM events WHERE seq > ? AND (audience = 'all' OR ? = 'instructor')"  # noqa: S608
        " ORDER BY seq LIMIT ?",
        (after_seq, audience, limit),
    ).fetchall()


def last_seq(db: sqlite3.Connection) -> int:
    """The greatest number; 0 in an empty record."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])


def end_of(db: sqlite3.Connection) -> End:
    """The newest event."""
    row = db.execute("SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return End(*row) if row else End()


def digest_of(before: str, fields: tuple[object, ...]) -> str:
    """The digest of a row (all columns but the digest) that follows the row with `before`."""
    text = "\x1f".join((before, *map(str, fields)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def envelope_of(row: Row, drill_id: str) -> Envelope:
    """The row as an envelope. Raises ValueError where the payload is no JSON object."""
    seq, wall_time, drill_time_ms, actor, type_name, audience, payload, _ = row
    event, data = decode(type_name, payload)
    moment = datetime.fromisoformat(wall_time)
    return Envelope(seq, drill_id, moment, drill_time_ms, actor, type_name, audience, event, data)
