"""One log line of one service, whatever it looked like."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from harness.telemetry.otlp import OtlpLog

LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
_SYNONYMS = {"WARN": "WARNING", "ERR": "ERROR", "FATAL": "CRITICAL", "TRACE": "DEBUG"}

# Colours and cursor movements: CSI and OSC sequences, and single escapes.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_TRACE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A line that was logged. `content` is JSON text where `is_json`, else plain text."""

    seq: int
    """Counts all records of this recorder, from 1."""
    at_ms: int
    """Since the epoch."""
    service: str
    level: str
    trace_id: str
    content: str
    is_json: bool

    def to_json(self) -> dict[str, Any]:
        """The line's own fields, with `seq timestamp service level event trace_id` for certain."""
        fields: dict[str, Any] = json.loads(self.content) if self.is_json else {}
        event = fields.get("event", fields.get("message", fields.get("msg", "")))
        return {
            **fields,
            "seq": self.seq,
            "timestamp": iso_time(self.at_ms),
            "service": self.service,
            "level": self.level,
            "event": str(event) if self.is_json else self.content,
            "trace_id": self.trace_id,
        }


def parse_line(seq: int, service: str, line: bytes, now_ms: int) -> LogRecord | None:
    """A line of a service's output; None for an empty one. Never fails.

    A line that is no JSON object is kept as text, at INFO, without its colours.
    """
    text = _ANSI.sub("", line.decode("utf-8", errors="replace")).strip()
    if not text:
        return None
    fields = _load(text)
    if fields is None:
        return LogRecord(seq, now_ms, service, "INFO", "", text, is_json=False)
    trace_id = str(fields.get("trace_id", ""))
    return LogRecord(
        seq=seq,
        at_ms=_time_ms(fields.get("timestamp")) or now_ms,
        service=service,
        level=normal_level(str(fields.get("level", "INFO"))) or "INFO",
        trace_id=trace_id if _TRACE_ID.fullmatch(trace_id) else "",
        # Again, and not as it came: duplicate keys and odd spacing are gone, NaN was refused.
        content=json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
        is_json=True,
    )


def from_otlp(seq: int, log: OtlpLog, now_ms: int) -> LogRecord:
    """A record that came by OTLP."""
    fields = {**log.attributes, "event": log.event, "span_id": log.span_id}
    return LogRecord(
        seq=seq,
        at_ms=log.at_ns // 1_000_000 or now_ms,
        service=log.service,
        level=normal_level(log.level) or "INFO",
        trace_id=log.trace_id,
        content=json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
        is_json=True,
    )


def normal_level(text: str) -> str | None:
    """One of LEVELS, or None for a word that is none."""
    level = text.strip().upper()
    level = _SYNONYMS.get(level, level)
    return level if level in LEVELS else None


def iso_time(at_ms: int) -> str:
    """`2026-11-20T03:00:00.123Z`"""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _load(text: str) -> Mapping[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        fields = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _time_ms(value: object) -> int | None:
    try:
        moment = datetime.fromisoformat(str(value))
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0, int(at.timestamp() * 1000))
    except (ValueError, OverflowError):
        return None
