"""Logs are bounded, and their ends can be read."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from harness.runtime.logs import cap, tail


def test_a_log_within_its_bound_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    log.write_bytes(b"a" * 500)
    assert not cap(log, 1000)
    assert log.stat().st_size == 500


def test_a_log_beyond_its_bound_keeps_its_end_and_the_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 500 + b"last\n")
        assert cap(log, 1000)
        writer.write(b"new\n")
    assert log.read_bytes() == b"new\n"
    kept = (tmp_path / "x.jsonl.1").read_bytes()
    assert len(kept) == 500
    assert kept.endswith(b"old\nlast\n")


def test_the_tail_holds_the_last_lines_written_since_a_point(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    log.write_text("before\n1\n2\n3\n")
    assert tail(log, 2) == "2\n3"
    assert tail(log, 9, since=len("before\n")) == "1\n2\n3"


def test_the_tail_of_a_log_that_was_cut_starts_anew(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    log.write_text("after\n")
    assert tail(log, 9, since=10_000) == "after"


def test_the_tail_survives_binary_rubbish_long_lines_and_no_file(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    log.write_bytes(b"\xff\xfe" + b"x" * 5000)
    assert len(tail(log)) == 2000
    assert tail(tmp_path / "none") == ""


def test_what_lies_in_a_logs_place_is_neither_waited_for_nor_followed(tmp_path: Path) -> None:
    other, log = tmp_path / "record.db", tmp_path / "x.jsonl"
    other.write_text("secret\n" * 100)
    log.symlink_to(other)
    assert tail(log) == ""
    with suppress(OSError):
        cap(log, 10)
    assert len(other.read_text()) == 700
    log.unlink()
    os.mkfifo(log)
    assert tail(log) == ""
    (tmp_path / "y.jsonl").write_bytes(b"a" * 500)
    (tmp_path / "y.jsonl.1").symlink_to(other)
    assert cap(tmp_path / "y.jsonl", 100)
    assert len(other.read_text()) == 700
