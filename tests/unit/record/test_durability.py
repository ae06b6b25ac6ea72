"""What was acknowledged survives kill -9 and torn writes; damage is kept, named and rescued."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from harness.errors import RecordFailed
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
def test_a_torn_or_garbled_tail_never_costs_what_was_written_before_it(
    tmp_path: Path, damages: int
) -> None:
    record = fill(tmp_path / "record.db", 5)
    durable_bytes = record.path.with_name("record.db-wal").stat().st_size
    for number in range(4):
        record.append(NoteAdded(f"unsynced {number}", "kim"), actor="host")
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
        with Record(path) as survivor:
            kept = texts(survivor)
            assert kept == wrote[: len(kept)]
            assert len(kept) >= 5
            assert survivor.append(NoteAdded("on", "kim"), actor="host").seq == len(kept) + 1
        prefix_lengths.add(len(kept))
        shutil.rmtree(path.parent)
    assert len(prefix_lengths) > 1, "the damage never cost anything: it was not done"


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
