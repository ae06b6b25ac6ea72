"""What was acknowledged survives kill -9 and torn writes; damage is kept, named and rescued."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from harness.errors import RecordFailed
from harness.record import end_mark, rescue
from harness.record.events import DrillStarting, NoteAdded
from harness.record.jsonl import read as read_jsonl
from harness.record.store import Record

# Says each number only after `append` returned: what it said is what was acknowledged.
APPENDER = """
import sys
from pathlib import Path
from harness.record.events import NoteAdded
from harness.record.store import Record
record = Record(Path(sys.argv[1]), "d-7f3a")
while True:
    seq = record.append(NoteAdded("x" * 300, "kim"), actor="host").seq
    sys.stdout.write(f"{seq}\\n")
    sys.stdout.flush()
"""


KILLS_A_RECORD = 50


def campaign(count: int) -> ParameterSet:
    """So many rounds, in `make torture` only."""
    return pytest.param(count, marks=[pytest.mark.torture, pytest.mark.timeout(1800)])


def texts(record: Record) -> list[str]:
    return [one.event.text for one in record.events() if isinstance(one.event, NoteAdded)]


def fill(path: Path, count: int) -> Record:
    record = Record(path, "d-7f3a")
    for number in range(1, count + 1):
        record.append(NoteAdded(f"note {number} " + "x" * 200, "kim"), actor="host")
    return record


def copy_live(record: Record, folder: Path) -> Path:
    """The files as a power cut would leave them: nothing is closed or tidied."""
    folder.mkdir()
    for part in record.path.parent.glob("record.db*"):
        shutil.copyfile(part, folder / part.name)
    return folder / record.path.name


@pytest.mark.parametrize("kills", [30, campaign(500)])
def test_every_acknowledged_event_survives_kill_minus_nine(tmp_path: Path, kills: int) -> None:
    path, acknowledged, rng = tmp_path / "record.db", 0, random.Random(7)
    for number in range(kills):
        if number % KILLS_A_RECORD == 0:
            # Opening reads it all: one record for all kills would take ever longer.
            path, acknowledged = tmp_path / f"{number}.db", 0
        child = subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(rng.randrange(1, 12)):
            acknowledged = int(child.stdout.readline())
        child.kill()
        rest = child.stdout.read().split()
        child.stdout.close()
        child.wait()
        acknowledged = int(rest[-1]) if rest else acknowledged
        with Record(path) as record:
            assert record.last_seq() >= acknowledged
            assert len(record.events()) == record.last_seq()


@pytest.mark.parametrize("damages", [200, campaign(2000)])
def test_a_torn_or_garbled_tail_is_said_and_never_costs_what_was_written_before_it(
    tmp_path: Path, damages: int
) -> None:
    record = fill(tmp_path / "record.db", 5)
    durable_bytes = record.path.with_name("record.db-wal").stat().st_size
    for number in range(4):
        record.append(NoteAdded(f"later {number}", "kim"), actor="host")
    wrote = texts(record)
    rng, prefix_lengths = random.Random(11), set()
    for case in range(damages):
        path = copy_live(record, tmp_path / str(case))
        wal = path.with_name("record.db-wal")
        path.with_name("record.db-shm").unlink()
        content = bytearray(wal.read_bytes())
        cut = rng.randrange(durable_bytes, len(content))
        if case % 2:
            content = content[:cut]
        else:
            tail = range(cut, min(len(content), cut + rng.randrange(1, 4096)))
            content[tail.start : tail.stop] = bytes(rng.randrange(256) for _ in tail)
        wal.write_bytes(content)
        kept = saved_of(path)
        assert 5 <= len(kept) < len(wrote)
        assert kept == wrote[: len(kept)]
        prefix_lengths.add(len(kept))
        shutil.rmtree(path.parent)
    assert len(prefix_lengths) > 1, "the damage never cost anything: it was not done"


def saved_of(path: Path) -> list[str]:
    """What was rescued of a record that must be refused for events that it lacks."""
    found = {part.name: part.read_bytes() for part in path.parent.iterdir()}
    with pytest.raises(RecordFailed, match=r"missing|beside a log") as caught:
        Record(path)
    [rest] = path.parent.glob("*.readable.jsonl")
    kept = [one.event.text for one in read_jsonl(rest) if isinstance(one.event, NoteAdded)]
    if "missing" in caught.value.message:
        first = f"{len(kept) + 1} to " if len(kept) < LAST - 1 else ""
        assert f"{first}{LAST}, " in caught.value.message
    for name, content in found.items():
        copy = path.parent / f"{rest.name.removesuffix('.readable.jsonl')}{name[len('record') :]}"
        assert copy.read_bytes() == content, "what is there is kept aside, as it was"
        assert (path.parent / name).read_bytes() == content, "and is left as it was"
    return kept


def cut_log(path: Path) -> None:
    wal = path.with_name("record.db-wal")
    os.truncate(wal, wal.stat().st_size * 2 // 3)


def delete_log(path: Path) -> None:
    path.with_name("record.db-wal").unlink()


def flip_a_byte_of_the_log(path: Path) -> None:
    wal = path.with_name("record.db-wal")
    content = bytearray(wal.read_bytes())
    content[len(content) // 2] ^= 1
    wal.write_bytes(content)


def empty_file(path: Path) -> None:
    os.truncate(path, 0)


def delete_file(path: Path) -> None:
    path.unlink()


def nothing_but_the_end_mark(path: Path) -> None:
    path.unlink()
    delete_log(path)


def delete_last_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM events WHERE seq > 6")


LAST = 9
WAYS: dict[Callable[[Path], None], range] = {
    cut_log: range(1, LAST),
    delete_log: range(1),
    flip_a_byte_of_the_log: range(1, LAST),
    empty_file: range(LAST, LAST + 1),
    delete_file: range(LAST, LAST + 1),
    nothing_but_the_end_mark: range(1),
    delete_last_rows: range(6, 7),
}
"""How a record can lose its end, and how many events may then still be read."""


@pytest.mark.parametrize("lose", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("drill_id", [None, "d-7f3a"])
def test_a_record_whose_end_is_missing_is_refused_and_what_is_there_kept(
    tmp_path: Path, lose: Callable[[Path], None], drill_id: str | None
) -> None:
    record = fill(tmp_path / "record.db", LAST)
    path = copy_live(record, tmp_path / "copy")
    path.with_name("record.db-shm").unlink()
    lose(path)
    for part in ("record.db-shm", "record.db-wal"):
        if lose is delete_last_rows:
            path.with_name(part).unlink(missing_ok=True)
    assert len(saved_of(path)) in WAYS[lose]
    with pytest.raises(RecordFailed):
        Record(path, drill_id)
    assert len(list(path.parent.glob("*.readable.jsonl"))) == 1, "the same damage is kept once"


@pytest.mark.parametrize(
    "lose", [way for way in WAYS if way is not nothing_but_the_end_mark], ids=lambda it: it.__name__
)
def test_without_the_end_mark_most_of_that_would_go_unsaid(
    tmp_path: Path, lose: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each way loses events that nothing else would miss."""
    record = fill(tmp_path / "record.db", LAST)
    path = copy_live(record, tmp_path / "copy")
    path.with_name("record.db-shm").unlink()
    end_mark.path_of(path).unlink()
    lose(path)
    monkeypatch.setattr(rescue, "_log_bytes", lambda _path: 0)
    with Record(path, "d-7f3a") as opened:
        assert len(opened.events()) < LAST


def test_a_closed_record_is_one_file_that_can_be_copied_alone(tmp_path: Path) -> None:
    fill(tmp_path / "record.db", LAST).close()
    assert {part.name for part in tmp_path.iterdir()} == {"record.db", "record.db-end"}
    copy = tmp_path / "elsewhere.db"
    shutil.copyfile(tmp_path / "record.db", copy)
    with Record(copy) as record:
        assert record.append(NoteAdded("on", "kim"), actor="host").seq == LAST + 1
    assert end_mark.read(copy) == end_mark.End(LAST + 1, end_of(copy))


def end_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("SELECT digest FROM events ORDER BY seq DESC").fetchone()[0])


def test_a_writer_killed_between_commit_and_mark_lost_nothing(tmp_path: Path) -> None:
    fill(tmp_path / "record.db", LAST - 1).close()
    behind = end_mark.path_of(tmp_path / "record.db").read_bytes()
    with Record(tmp_path / "record.db") as record:
        record.append(NoteAdded("acknowledged or not", "kim"), actor="host")
    end_mark.path_of(tmp_path / "record.db").write_bytes(behind)
    with Record(tmp_path / "record.db") as record:
        assert record.last_seq() == LAST


def test_an_end_mark_that_names_another_event_is_damage(tmp_path: Path) -> None:
    fill(tmp_path / "record.db", LAST).close()
    mark = end_mark.path_of(tmp_path / "record.db")
    content = mark.read_bytes()
    mark.write_bytes(content.replace(content[21:29], b"00000000"))
    with pytest.raises(RecordFailed, match="event 9 is not what was written"):
        Record(tmp_path / "record.db")
    mark.write_bytes(b"")
    with pytest.raises(RecordFailed, match="its end mark cannot be read"):
        Record(tmp_path / "record.db")


def test_an_end_mark_never_goes_back(tmp_path: Path) -> None:
    fill(tmp_path / "record.db", 2).close()
    mark = end_mark.EndMark.open(tmp_path / "record.db", end_mark.End())
    mark.advance(end_mark.End(1, "0" * 32))
    mark.close()
    assert end_mark.read(tmp_path / "record.db") == end_mark.End(2, end_of(tmp_path / "record.db"))


def test_a_changed_byte_is_found_kept_and_the_rest_exported(tmp_path: Path) -> None:
    fill(tmp_path / "record.db", 20).close()
    path = tmp_path / "record.db"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"note 13", b"note 99"))
    for _ in range(2):
        with pytest.raises(RecordFailed, match="event 13 is not what was written") as caught:
            Record(path)
    [copy] = tmp_path.glob("record.damaged-*.db")
    assert copy.read_bytes() == path.read_bytes()
    [rest] = tmp_path.glob("record.damaged-*.readable.jsonl")
    assert rest.name in caught.value.hint
    assert len(read_jsonl(rest)) == 20


def test_a_destroyed_page_leaves_the_readable_events(tmp_path: Path) -> None:
    fill(tmp_path / "record.db", 200).close()
    path = tmp_path / "record.db"
    content = bytearray(path.read_bytes())
    middle = len(content) // 4096 // 2 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(RecordFailed, match="is damaged"):
        Record(path)
    [rest] = tmp_path.glob("record.damaged-*.readable.jsonl")
    assert 100 < len(rest.read_text().splitlines()) < 200
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"not a database at all" * 300, b"SQLite format 3\x00" * 512])
def test_a_file_that_is_no_record_is_refused_and_left_as_it_was(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "record.db"
    path.write_bytes(content)
    with pytest.raises(RecordFailed, match="is damaged"):
        Record(path)
    assert path.read_bytes() == content


def test_a_record_whose_beginning_was_cut_off_by_a_crash_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    path.touch()
    with Record(path, "d-7f3a") as record:
        assert record.append(DrillStarting(), actor="host").seq == 1


def test_two_processes_appending_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    mine = Record(path, "d-7f3a")
    child = subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    for number in range(10):
        mine.append(NoteAdded(str(number), "kim"), actor="host")
    child.kill()
    child.stdout.close()
    child.wait()
    seqs = [one.seq for one in mine.events()]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len([text for text in texts(mine) if len(text) == 1]) == 10
