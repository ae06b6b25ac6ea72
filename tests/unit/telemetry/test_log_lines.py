"""Log lines: parsed whatever they are, bounded in memory, followed through all that happens."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.telemetry import log_tail
from harness.telemetry.jaeger import BadQuery
from harness.telemetry.log_records import LogRecord, parse_line
from harness.telemetry.log_store import LogLimits, LogQuery, LogStore, parse_log_query
from harness.telemetry.log_tail import LogTail
from harness.telemetry.recorder import drain
from harness.telemetry.recorder_app import Memory
from tests.unit.telemetry.memory import weighed

NOW_MS = 1_790_000_000_000
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def record(line: bytes, seq: int = 1) -> LogRecord:
    found = parse_line(seq, "payments", line, NOW_MS)
    assert found is not None
    return found


def line(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def store_of(*lines: bytes, limits: LogLimits | None = None) -> LogStore:
    store = LogStore(limits)
    for number, text in enumerate(lines):
        service = ("payments", "orders")[number % 2]
        found = parse_line(store.next_seq(), service, text, NOW_MS + number)
        assert found is not None
        store.add(found)
    return store


def test_a_json_line_keeps_its_fields_and_gains_the_common_ones() -> None:
    parsed = record(
        line(
            timestamp="2026-11-20T03:00:00.125Z",
            level="warn",
            event="slow",
            trace_id=TRACE,
            took_ms=3,
        )
    )
    assert parsed.to_json() == {
        "seq": 1,
        "timestamp": "2026-11-20T03:00:00.125Z",
        "service": "payments",
        "level": "WARNING",
        "event": "slow",
        "trace_id": TRACE,
        "took_ms": 3,
    }


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (b"Traceback (most recent call last):", "Traceback (most recent call last):"),
        (b"\x1b[31;1mred\x1b[0m \x1b]0;title\x07text", "red text"),
        (b"caf\xc3\xa9 \xff\xfe", "caf\u00e9 \ufffd\ufffd"),
        (b'{"event": ', '{"event":'),
        (b'["event"]', '["event"]'),
        (b'{"a":' * 5000, ('{"a":' * 5000)),
        (b'{"level": NaN}', '{"level": NaN}'),
    ],
)
def test_a_line_that_is_no_json_object_is_kept_as_text(text: bytes, event: str) -> None:
    parsed = record(text).to_json()
    assert parsed["event"] == event
    assert parsed["level"] == "INFO"
    assert parsed["service"] == "payments"


def test_a_line_cannot_pass_itself_off_as_another_service_or_number() -> None:
    parsed = record(line(service="billing", seq=99, event="x"), seq=5).to_json()
    assert (parsed["service"], parsed["seq"]) == ("payments", 5)


def test_an_empty_line_is_nothing() -> None:
    assert parse_line(1, "payments", b" \t\r", NOW_MS) is None


@given(st.binary(max_size=300) | st.dictionaries(st.text(), st.text()).map(lambda d: line(**d)))
def test_no_line_whatever_breaks_the_parser(text: bytes) -> None:
    parsed = parse_line(1, "payments", text, NOW_MS)
    if parsed is not None:
        json.dumps(parsed.to_json())


def test_logs_are_found_by_service_level_trace_text_time_and_limit() -> None:
    store = store_of(
        line(event="charge captured", level="INFO", trace_id=TRACE),
        line(event="history asked", level="DEBUG"),
        line(event="Provider Timeout", level="ERROR", trace_id=TRACE),
        line(event="order placed", level="INFO", trace_id=TRACE),
    )

    def seqs(query: LogQuery) -> list[int]:
        return [found.seq for found in store.find(query)]

    assert seqs(LogQuery()) == [1, 2, 3, 4]
    assert seqs(LogQuery(limit=2)) == [3, 4]
    assert seqs(LogQuery(service="payments")) == [1, 3]
    assert seqs(LogQuery(level="INFO")) == [1, 3, 4]
    assert seqs(LogQuery(trace_id=TRACE)) == [1, 3, 4]
    assert seqs(LogQuery(trace_id=TRACE, service="orders")) == [4]
    assert seqs(LogQuery(contains="provider timeout")) == [3]
    assert seqs(LogQuery(since_ms=NOW_MS + 2)) == [3, 4]
    assert seqs(LogQuery(after_seq=2)) == [3, 4]
    assert seqs(LogQuery(before_seq=3)) == [1, 2]
    assert seqs(LogQuery(before_seq=4, limit=2)) == [2, 3]
    assert seqs(LogQuery(service="nobody")) == []


def test_the_oldest_records_go_and_the_indexes_with_them() -> None:
    store = LogStore(LogLimits(records=10))
    for number in range(25):
        found = parse_line(
            store.next_seq(), f"s{number}", line(event="e", trace_id=f"{number:032x}"), NOW_MS
        )
        assert found is not None
        store.add(found)
    assert len(store) == 10
    assert store.dropped == 15
    assert store.services() == sorted(f"s{number}" for number in range(15, 25))
    assert store.find(LogQuery(trace_id=f"{3:032x}")) == []
    assert len(store.find(LogQuery(trace_id=f"{20:032x}"))) == 1


@pytest.mark.parametrize("text", ["x", "\u00e9", "\U0001f525"])
def test_memory_stays_within_the_stated_bound(text: str) -> None:
    limits = LogLimits(records=10**9, size_bytes=4 * 1024 * 1024)
    with weighed() as held_bytes:
        store = LogStore(limits)
        for number in range(12_000):
            found = parse_line(
                store.next_seq(),
                "payments",
                line(event=text * (number % 200), trace_id=f"{number // 3:032x}"),
                NOW_MS,
            )
            assert found is not None
            store.add(found)
        assert store.dropped > 0
        assert store.size_bytes <= limits.size_bytes
        del found
        last: list[object] = [store]
        del store
        used_bytes = held_bytes(last)
        assert used_bytes <= limits.size_bytes, used_bytes / limits.size_bytes


class Following:
    """A log file that is written to, and what the tail makes of it."""

    def __init__(self, folder: Path, services: tuple[str, ...] = ()) -> None:
        self.path = folder / "payments.jsonl"
        self.tail = LogTail(folder, services)

    def write(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    def poll(self) -> list[bytes]:
        return [text for _, text in self.tail.poll()]


@pytest.fixture
def following(tmp_path: Path) -> Following:
    return Following(tmp_path)


def test_lines_are_given_once_and_only_when_complete(following: Following) -> None:
    assert following.poll() == []
    following.write(b"one\ntw")
    assert following.poll() == [b"one"]
    following.write(b"o\nthree\n")
    assert following.poll() == [b"two", b"three"]
    assert following.poll() == []


def test_a_truncated_file_is_read_from_its_new_beginning(following: Following) -> None:
    following.write(b"one\ntwo\npart")
    following.poll()
    os.truncate(following.path, 0)
    following.write(b"new\n")
    assert following.poll() == [b"new"]


def test_a_replaced_file_is_read_from_its_beginning(following: Following) -> None:
    following.write(b"one\n")
    following.poll()
    other = following.path.with_name("other")
    other.write_bytes(b"first line of another file\n")
    other.replace(following.path)
    assert following.poll() == [b"first line of another file"]


def test_a_huge_line_is_cut_and_the_next_one_is_whole(following: Following) -> None:
    following.write(b"x" * 100_000)
    assert following.poll() == [b"x" * log_tail.LINE_BYTES_MAX]
    following.write(b"x" * 100_000)
    assert following.poll() == []
    following.write(b"end\nnext\n")
    assert following.poll() == [b"next"]


def test_a_flood_is_skipped_and_counted_and_its_end_is_read(following: Following) -> None:
    following.write(b"start\n")
    following.poll()
    following.write(b"flood\n" * 1_000_000 + b"last\n")
    lines: list[bytes] = []
    while found := following.poll():
        lines += found
    assert lines[-1] == b"last"
    assert set(lines) <= {b"flood", b"last"}
    assert len(lines) * 6 + following.tail.skipped_bytes == pytest.approx(6_000_000, abs=20)


def test_only_the_named_services_are_followed(tmp_path: Path) -> None:
    for name in ("payments", "guardian"):
        (tmp_path / f"{name}.jsonl").write_bytes(b"hello\n")
    assert [name for name, _ in LogTail(tmp_path, ["payments"]).poll()] == ["payments"]
    assert [name for name, _ in LogTail(tmp_path).poll()] == ["guardian", "payments"]


def test_links_pipes_and_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "b.jsonl")
    (tmp_path / "c.jsonl").mkdir()
    assert list(LogTail(tmp_path).poll()) == []


def test_a_folder_that_is_not_there_yet_has_no_lines(tmp_path: Path) -> None:
    assert list(LogTail(tmp_path / "logs").poll()) == []


def test_what_is_followed_ends_in_the_store_with_numbers_in_a_row(tmp_path: Path) -> None:
    (tmp_path / "payments.jsonl").write_bytes(line(event="one") + b"\n\n" + b"two\n")
    memory = Memory()
    assert drain(LogTail(tmp_path), memory) == 2
    assert [found.seq for found in memory.logs.find(LogQuery())] == [1, 2]


def test_a_time_can_be_given_in_three_ways() -> None:
    def since_ms(text: str) -> int | None:
        return parse_log_query({"since": text}, NOW_MS).since_ms

    assert since_ms("30s") == NOW_MS - 30_000
    assert since_ms("1.5m") == NOW_MS - 90_000
    assert since_ms("1790000000.5") == 1_790_000_000_500
    assert since_ms("2026-11-20T03:00:00Z") == 1_795_143_600_000
    assert since_ms("") is None


@pytest.mark.parametrize(
    "params",
    [
        {"since": "yesterday"},
        {"level": "loud"},
        {"limit": "0"},
        {"limit": "-1"},
        {"after": "x"},
        {"before": "x"},
        {"since": "9999999999999999999999"},
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(params: dict[str, str]) -> None:
    with pytest.raises(BadQuery, match=next(iter(params))):
        parse_log_query(params, NOW_MS)
