"""The newest log lines in bounded memory, and the parameters of `/logs` by which they are found."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from harness.telemetry.jaeger import BadQuery, duration_ns, parse_limit
from harness.telemetry.log_records import LEVELS, LogRecord, normal_level

RECORD_OVERHEAD_BYTES = 450
"""What a record costs besides its text; measured, see the tests."""

LIMIT_DEFAULT, LIMIT_MAX = 100, 2000


@dataclass(frozen=True)
class LogLimits:
    """How much is kept."""

    records: int = 60_000
    size_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True)
class LogQuery:
    """Which lines are wanted; empty fields do not narrow it down."""

    service: str = ""
    level: str = ""
    """This level and those above it."""
    trace_id: str = ""
    contains: str = ""
    """Anywhere in the line, whatever the case."""
    since_ms: int | None = None
    """Since the epoch."""
    until_ms: int | None = None
    """The same: nothing later."""
    after_seq: int = 0
    before_seq: int | None = None
    limit: int = 100


class LogStore:
    """A ring of log records. Not thread-safe: one event loop uses it."""

    def __init__(self, limits: LogLimits | None = None) -> None:
        self._limits = limits or LogLimits()
        self._all: deque[LogRecord] = deque()
        # Lists: a deque takes 600 bytes from its first element on, and most traces log little.
        self._by_trace: dict[str, list[LogRecord]] = {}
        self._by_service: dict[str, deque[LogRecord]] = {}
        self.size_bytes = 0
        self.last_seq = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._all)

    def next_seq(self) -> int:
        """A number for the next record."""
        self.last_seq += 1
        return self.last_seq

    def add(self, record: LogRecord) -> None:
        """Keep a record, dropping the oldest ones where there is no room."""
        self._all.append(record)
        self.size_bytes += _size_bytes(record)
        self._by_service.setdefault(record.service, deque()).append(record)
        if record.trace_id:
            self._by_trace.setdefault(record.trace_id, []).append(record)
        while len(self._all) > self._limits.records or self.size_bytes > self._limits.size_bytes:
            self._drop_oldest()

    def take(self, record: LogRecord) -> None:
        """Keep a record that was numbered elsewhere."""
        self.last_seq = max(self.last_seq, record.seq)
        self.add(record)

    def services(self) -> list[str]:
        """Names of the services that have records, sorted."""
        return sorted(self._by_service)

    def find(self, query: LogQuery) -> list[LogRecord]:
        """The newest records that match, oldest first."""
        found: list[LogRecord] = []
        for record in reversed(self._narrowest(query)):
            if record.seq <= query.after_seq or len(found) >= query.limit:
                break
            if query.before_seq is not None and record.seq >= query.before_seq:
                continue
            if _matches(record, query):
                found.append(record)
        return found[::-1]

    def _narrowest(self, query: LogQuery) -> Sequence[LogRecord]:
        if query.trace_id:
            return self._by_trace.get(query.trace_id, ())
        if query.service:
            return self._by_service.get(query.service, ())
        return self._all

    def _drop_oldest(self) -> None:
        record = self._all.popleft()
        self.size_bytes -= _size_bytes(record)
        self.dropped += 1
        # Each index holds its records in the order of the ring: the oldest is the first there.
        of_service = self._by_service[record.service]
        of_service.popleft()
        if not of_service:
            del self._by_service[record.service]
        if record.trace_id:
            of_trace = self._by_trace[record.trace_id]
            del of_trace[0]
            if not of_trace:
                del self._by_trace[record.trace_id]


def _matches(record: LogRecord, query: LogQuery) -> bool:
    if query.service and record.service != query.service:
        return False
    if query.level and LEVELS[record.level] < LEVELS[query.level]:
        return False
    if query.since_ms is not None and record.at_ms < query.since_ms:
        return False
    if query.until_ms is not None and record.at_ms > query.until_ms:
        return False
    return not query.contains or query.contains.lower() in record.content.lower()


def _size_bytes(record: LogRecord) -> int:
    # Text with characters beyond Latin-1 takes up to four bytes for each; plain text takes one.
    per_char = 1 if record.content.isascii() else 4
    return len(record.content) * per_char + RECORD_OVERHEAD_BYTES


def parse_log_query(params: Mapping[str, str], now_ms: int) -> LogQuery:
    """`since` is how long ago (`30s`, `1h30m`), an ISO time, or seconds since the epoch. With
    `until`, milliseconds since the epoch, that is the moment from which it is counted back.

    Raises BadQuery, naming the parameter.
    """
    level = normal_level(params.get("level", "")) if params.get("level") else ""
    if level is None:
        raise BadQuery(f"level: not one of {', '.join(LEVELS).lower()}")
    until_ms = parse_until_ms(params)
    return LogQuery(
        service=params.get("service", ""),
        level=level,
        trace_id=params.get("trace_id", "").lower(),
        contains=params.get("contains", ""),
        since_ms=_since_ms(params.get("since", ""), now_ms if until_ms is None else until_ms),
        until_ms=until_ms,
        after_seq=_seq(params, "after"),
        before_seq=_seq(params, "before") if params.get("before") else None,
        limit=parse_limit(params, LIMIT_DEFAULT, LIMIT_MAX),
    )


def parse_until_ms(params: Mapping[str, str]) -> int | None:
    """The parameter `until`, if it is there. Raises BadQuery."""
    text = params.get("until", "")
    if text and not re.fullmatch(r"[0-9]{1,15}", text):
        raise BadQuery("until: not milliseconds since the epoch")
    return int(text) if text else None


def _seq(params: Mapping[str, str], name: str) -> int:
    text = params.get(name, "") or "0"
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise BadQuery(f"{name}: not the seq of a record")
    return int(text)


def _since_ms(text: str, now_ms: int) -> int | None:
    if not text:
        return None
    ago_ns = duration_ns(text)
    if ago_ns is not None:
        return now_ms - ago_ns // 1_000_000
    if re.fullmatch(r"\d{1,11}(\.\d{1,9})?", text):
        return round(float(text) * 1000)
    try:
        moment = datetime.fromisoformat(text)
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(at.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise BadQuery("since: neither 30s, 5m, nor a time") from error
