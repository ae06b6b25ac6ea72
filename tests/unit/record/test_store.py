"""The store: what was acknowledged stays, in order, and can be followed."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from harness.errors import RecordFailed, UsageError
from harness.record.events import BaselineConfirmed, DrillTriggered, NoteAdded, UnknownEvent
from harness.record.store import Record


def note(text: str) -> NoteAdded:
    return NoteAdded(text, by="kim")


def test_an_appended_event_is_read_back_by_another_reader(record: Record, clock) -> None:
    clock.advance(1500)
    written = record.append(note("pool looks full"), actor="participant")
    with Record(record.path) as reader:
        assert reader.events() == [written]
    assert (written.seq, written.drill_id, written.drill_time_ms) == (1, "d-7f3a", 1500)
    assert written.type == "note.added"
    assert written.event == note("pool looks full")


def test_numbers_have_no_gaps_when_many_threads_append(record: Record) -> None:
    def append_ten(name: str) -> None:
        for count in range(10):
            record.append(note(f"{name} {count}"), actor=name)

    threads = [threading.Thread(target=append_ten, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [envelope.seq for envelope in record.events()] == list(range(1, 41))


def test_participants_do_not_see_what_gives_the_answer_away(record: Record) -> None:
    record.append(DrillTriggered("payments", "2.4.2"), actor="host")
    record.append(note("hello"), actor="participant")
    assert [one.type for one in record.events(audience="all")] == ["note.added"]
    assert len(record.events()) == 2


def test_reading_goes_on_after_a_number_and_stops_at_the_limit(record: Record) -> None:
    for count in range(5):
        record.append(note(str(count)), actor="host")
    assert [one.seq for one in record.events(after_seq=2, limit=2)] == [3, 4]


def test_drill_time_goes_on_after_a_restart_even_if_the_wall_clock_is_set_back(
    record: Record, clock
) -> None:
    clock.advance(10_000)
    record.append(note("before"), actor="host")
    record.close()
    clock.advance(4_000)
    with Record(record.path, clock=clock.as_clock()) as again:
        assert again.append(note("after"), actor="host").drill_time_ms == 14_000
    clock.advance(-3_600_000)
    with Record(record.path, clock=clock.as_clock()) as again:
        assert again.append(note("set back"), actor="host").drill_time_ms == 14_000


def test_measures_without_data_survive(record: Record) -> None:
    record.append(BaselineConfirmed({"p95": float("nan"), "rps": 20.0}), actor="host")
    [read] = record.events()
    assert isinstance(read.event, BaselineConfirmed)
    assert read.event.measures["p95"] != read.event.measures["p95"]
    assert read.event.measures["rps"] == 20.0


def test_text_that_is_no_unicode_is_refused_and_nothing_is_written(record: Record) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        record.append(note("half a character \ud800"), actor="host")
    assert record.last_seq() == 0


def test_an_event_of_a_later_version_is_kept_as_it_was(record: Record) -> None:
    record.append(UnknownEvent("inject.thrown", {"who": "the boss"}), actor="host")
    [read] = record.events()
    assert read.type == "inject.thrown"
    assert read.event == UnknownEvent("inject.thrown", {"who": "the boss"})
    assert record.events(audience="all") == []


def test_a_missing_record_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(RecordFailed, match="there is no record"):
        Record(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_full_disk_acknowledges_nothing_and_is_got_over(record: Record) -> None:
    record.append(note("before"), actor="host")
    pages = record._db.execute("PRAGMA page_count").fetchone()[0]
    record._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(RecordFailed, match="full"):
        record.append(note("x" * 100_000), actor="host")
    assert record.last_seq() == 1
    record._db.execute("PRAGMA max_page_count=100000")
    assert record.append(note("after"), actor="host").seq == 2


def test_a_disk_that_became_read_only_acknowledges_nothing(record: Record) -> None:
    record._db.execute("PRAGMA query_only=ON")
    with pytest.raises(RecordFailed, match="readonly"):
        record.append(note("lost?"), actor="host")
    assert record.last_seq() == 0


def test_commits_are_forced_to_the_disk(record: Record) -> None:
    assert record._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert record._db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_record_of_a_newer_version_is_read_and_never_written(record: Record) -> None:
    record.append(note("old"), actor="host")
    record.close()
    with sqlite3.connect(record.path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with Record(record.path) as newer:
        assert newer.read_only_because is not None
        assert "newer version" in newer.read_only_because
        assert [one.seq for one in newer.events()] == [1]
        with pytest.raises(RecordFailed, match="newer version"):
            newer.append(note("new"), actor="host")


async def test_a_follower_wakes_for_an_append_from_another_thread(record: Record) -> None:
    waiting = asyncio.create_task(record.wait_beyond(0))
    await asyncio.sleep(0)
    assert not waiting.done()
    await asyncio.to_thread(record.append, note("wake"), actor="host")
    assert await asyncio.wait_for(waiting, 5) == 1
    assert await asyncio.wait_for(record.wait_beyond(0), 5) == 1


async def test_a_follower_that_gives_up_leaves_nothing_behind(record: Record) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(record.wait_beyond(0), 0.01)
    assert record._followers == set()
