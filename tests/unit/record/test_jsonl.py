"""Export and import: CloudEvents lines that give the same record again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import BadFile, UsageError
from harness.record.events import (
    BaselineConfirmed,
    DrillCreated,
    UnknownEvent,
    VerifyFinished,
    VerifyResult,
)
from harness.record.store import Record
from harness.record.story import fold


@pytest.fixture
def exported(record: Record, tmp_path: Path, clock) -> Path:
    record.append(DrillCreated("x", 7, "local", "honour", "solo", {"a": "1.0"}), actor="host")
    clock.advance(1234)
    record.append(BaselineConfirmed({"p95": float("inf")}), actor="host")
    record.append(UnknownEvent("later.thing", {"é": [1, None]}), actor="host")
    record.append(
        VerifyFinished(True, (VerifyResult("m", 0.1, None, 0.0, "at most 1", True),)),
        actor="participant",
    )
    target = tmp_path / "events.jsonl"
    assert record.export_jsonl(target) == 4
    return target


def test_an_imported_record_is_the_exported_one(
    record: Record, exported: Path, tmp_path: Path
) -> None:
    with Record.import_jsonl(exported, tmp_path / "again.db") as again:
        assert again.events() == record.events()
        assert fold(again.events()) == fold(record.events())
        again.export_jsonl(tmp_path / "twice.jsonl")
    assert (tmp_path / "twice.jsonl").read_bytes() == exported.read_bytes()
    with Record(tmp_path / "again.db") as reopened:
        assert reopened.drill_id == "d-7f3a"
        assert reopened.last_seq() == 4


def test_lines_have_the_attributes_that_cloudevents_requires(exported: Path) -> None:
    for line in exported.read_text().splitlines():
        event = json.loads(line)
        assert event["specversion"] == "1.0"
        assert all(isinstance(event[key], str) for key in ("id", "source", "type"))
        assert all(key.isalnum() and key.islower() for key in event)
    second = json.loads(exported.read_text().splitlines()[1])
    assert second["time"] == "2026-03-01T03:00:01.234Z"
    assert second["drilltimems"] == 1234
    assert second["data"] == {"measures": {"p95": "Infinity"}}


BAD_LINES = {
    "cut off": lambda line: line[:-20],
    "empty": lambda line: "",
    "no object": lambda line: "[]",
    "another version": lambda line: line.replace('"1.0"', '"9.0"', 1),
    "no type": lambda line: line.replace('"type"', '"typo"'),
    "time without zone": lambda line: line.replace(".234Z", ".234"),
    "number that repeats": lambda line: line.replace("0000000002", "0000000001"),
    "audience of nobody": lambda line: line.replace('"all"', '"nobody"'),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_malformed_line_is_named_and_nothing_is_imported(
    name: str, exported: Path, tmp_path: Path
) -> None:
    lines = exported.read_text().splitlines()
    lines[1] = BAD_LINES[name](lines[1])
    exported.write_text("\n".join(lines) + "\n")
    with pytest.raises(BadFile, match=r"events\.jsonl:2: "):
        Record.import_jsonl(exported, tmp_path / "again.db")
    assert not (tmp_path / "again.db").exists()


def test_bytes_that_are_no_text_and_endless_lines_are_refused(tmp_path: Path) -> None:
    for content in (b"\xff\xfe\n", b"[" * 3_000_000):
        (tmp_path / "bad.jsonl").write_bytes(content)
        with pytest.raises(BadFile, match=r"bad\.jsonl:1: "):
            Record.import_jsonl(tmp_path / "bad.jsonl", tmp_path / "again.db")


def test_an_import_never_overwrites_a_record(record: Record, exported: Path) -> None:
    with pytest.raises(UsageError, match="exists already"):
        Record.import_jsonl(exported, record.path)
