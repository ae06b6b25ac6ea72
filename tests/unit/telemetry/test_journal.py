"""What the recorder writes down is there again, also where it broke off; a hostile file is not."""

from __future__ import annotations

import asyncio
import lzma
import struct
from pathlib import Path

import pytest

from harness.errors import BadFile
from harness.telemetry import journal, journal_files
from harness.telemetry.journal import Journal, Kind, log_of, read_segment
from harness.telemetry.journal_files import segments, unpacked
from harness.telemetry.journal_window import JournalWindow
from harness.telemetry.log_records import LogRecord
from harness.telemetry.log_store import LogQuery
from tests.unit.telemetry.spans import request, span, trace_id

BEGIN_MS = 1_790_000_000_000


def record(seq: int, at_ms: int = BEGIN_MS) -> LogRecord:
    return LogRecord(seq, at_ms, "payments", "INFO", "", f'{{"event":"{seq}"}}', is_json=True)


class Watch:
    def __init__(self) -> None:
        self.now_ms = BEGIN_MS

    def __call__(self) -> int:
        return self.now_ms


def written(folder: Path, count: int, every_ms: int = 10_000) -> Path:
    watch = Watch()
    journal = Journal(folder, now_ms=watch)
    for number in range(1, count + 1):
        journal.log(record(number, watch.now_ms))
        journal.spans(request(span(number, 1)), is_json=False)
        watch.now_ms += every_ms
    journal.close()
    assert not journal.failed
    return folder


def test_what_is_written_is_read_again_in_order(tmp_path: Path) -> None:
    frames = [one for path in segments(written(tmp_path, 10)) for one in read_segment(path)]
    assert [one.kind for one in frames] == [Kind.LOG, Kind.SPANS] * 10
    assert [log_of(one.content).seq for one in frames[::2]] == list(range(1, 11))
    assert log_of(frames[0].content) == record(1)


def test_a_segment_is_half_a_minute_and_packed_once_it_is_complete(tmp_path: Path) -> None:
    found = segments(written(tmp_path, 10))
    assert [path.suffix for path in found] == [".xz"] * 4
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".xz"] == []


def test_one_that_broke_off_is_read_up_to_there(tmp_path: Path) -> None:
    watch = Watch()
    journal = Journal(tmp_path, now_ms=watch)
    journal.log(record(1))
    watch.now_ms += 3000
    journal.flush()
    journal.log(record(2))
    # As a kill leaves it: what was handed to the kernel, and no end.
    [path] = segments(tmp_path)
    assert [log_of(one.content).seq for one in read_segment(path)] == [1]
    journal.close()
    [path] = segments(tmp_path)
    assert [log_of(one.content).seq for one in read_segment(path)] == [1, 2]


def test_a_full_disk_ends_the_journal_and_not_the_recorder(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where the folder should be")
    journal = Journal(tmp_path / "journal")
    journal.log(record(1))
    assert journal.failed
    journal.log(record(2))
    journal.close()


def test_the_oldest_go_where_there_is_no_room(tmp_path: Path) -> None:
    watch = Watch()
    journal = Journal(tmp_path, now_ms=watch, bytes_max=1)
    for number in range(4):
        journal.log(record(number + 1))
        watch.now_ms += 40_000
    journal.close()
    # Of four: the newest, and one or two that were being packed when room was made.
    assert len(segments(tmp_path)) <= 3


def test_a_segment_that_is_packed_while_room_is_made_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "001790000000000.gz"
    monkeypatch.setattr(journal, "segments", lambda folder: [gone, *segments(folder)])
    assert not written(tmp_path, 10).joinpath(gone.name).exists()


def test_a_bomb_is_noticed_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "1.xz"
    path.write_bytes(lzma.compress(bytes(3_000_000)))
    assert sum(map(len, unpacked(path))) == 3_000_000
    with pytest.raises(BadFile, match="unpacks to more"):
        list(unpacked(path, 1_000_000))
    monkeypatch.setattr(journal_files, "UNPACKER_BYTES_MAX", 100_000)
    with pytest.raises(BadFile, match="cannot be unpacked"):
        list(unpacked(path))


@pytest.mark.parametrize(
    "content",
    [struct.pack(">BI", 1, 2**31), struct.pack(">BI", 99, 1) + b"x"],
)
def test_a_frame_that_nobody_writes_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "1.xz"
    path.write_bytes(lzma.compress(content))
    with pytest.raises(BadFile):
        list(read_segment(path))


def test_the_window_shows_the_stretch_that_is_asked_for(tmp_path: Path) -> None:
    async def look() -> None:
        window = JournalWindow(written(tmp_path, 30))
        newest = await window.around(None)
        assert newest.logs.find(LogQuery(limit=1))[0].seq == 30
        early = await window.around(BEGIN_MS + 15_000)
        assert early.traces.get(trace_id(1)) is not None
        assert window.unreadable == []

    asyncio.run(look())


def test_what_is_damaged_is_left_out_and_told(tmp_path: Path) -> None:
    written(tmp_path, 10)
    segments(tmp_path)[0].write_bytes(b"damaged")

    async def look() -> None:
        window = JournalWindow(tmp_path)
        found = await window.around(None)
        assert found.logs.find(LogQuery(limit=1))[0].seq == 10
        assert len(window.unreadable) == 1

    asyncio.run(look())
