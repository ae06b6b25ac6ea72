"""Traces and log lines as text for a terminal. Nothing that was logged can move the cursor."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from harness.telemetry.jaeger import JaegerTrace, from_jaeger
from harness.telemetry.summary import message
from harness.telemetry.traces import Span, Trace
from harness.terminal import moment

TIMES = "\N{MULTIPLICATION SIGN}"
FAILED = "  ! "
"""Before what a span that failed says of it."""
BAR_WIDTH = 24
LABEL_WIDTH = 58
BESIDE_LABEL = len(f" {'':>9}  |{'':{BAR_WIDTH}}|")
"""Columns that a span's duration and its bar take."""
DEPTH_MAX = 20
LINES_MAX = 400
OWNERS_SHOWN = 3
_FRAME = re.compile(r'^(?P<margin>[ |+-]*?)  File "(?P<path>[^"]*)", line ')
_LIBRARY = re.compile(r"(?:site|dist)-packages/(?P<name>\w+)")
_SHOPS = re.compile(r"^(?!.*(?:site|dist)-packages/)(?:.*/)?services/\w+/")
_SHOWN_APART = frozenset(
    {"seq", "timestamp", "service", "version", "level", "event", "trace_id", "span_id", "traceback"}
)


def escape(text: str) -> str:
    """`text` with every control, format and separator character written out: one harmless line."""
    return "".join(
        char
        if char.isprintable()
        else char.encode("unicode_escape", errors="backslashreplace").decode()
        for char in text
    )


def render_trace(data: JaegerTrace, now: datetime, width: float = math.inf) -> list[str]:
    """A waterfall of a trace in Jaeger's form: service, operation, duration, where in time. Its
    labels have what `width` leaves of them; what failed may say more than that.

    Siblings that are the same operation are one line, with their number and total; `!` marks
    errors.
    """
    trace = from_jaeger(data)
    size = f"{_duration(trace.duration_ns / 1e6)}  {len(trace.spans)} spans"
    lines = [f"trace {escape(trace.trace_id)}  {size}  {_clock(trace.start_ns / 1e6, now)}"]
    room = int(min(LABEL_WIDTH, width - BESIDE_LABEL))
    for depth, group in trace.folded():
        if len(lines) > LINES_MAX:
            lines.append("  … and more; the JSON form has all of it")
            break
        lines.append(_span_line(trace, depth, group, room))
    if trace.dropped_spans:
        lines.append(f"  {trace.dropped_spans} further spans of this trace were not kept")
    return lines


def trace_row(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """One row for a list of traces: when, id, duration, what was asked, spans, failed ones."""
    asked = f"{row['service']} {row['operation']}" if row["spans"] else "no span left"
    return {
        "time": _clock(row["start_ms"], now),
        "trace": escape(row["trace_id"]),
        "took": _duration(row["duration_ms"]),
        "asked": escape(asked),
        "failed": row["failed"] or None,
        "spans": row["spans"],
    }


def render_log_line(record: Mapping[str, Any], now: datetime, width: int) -> str:
    """One log record in one line of a terminal, cut where it ends; of a traceback its last line."""
    first = render_log({**record, "traceback": ""}, now)
    raised = str(record.get("traceback") or "").strip().rpartition("\n")[2]
    return _cut(f"{first}  ! {escape(raised.strip())}" if raised else first, width)


def render_log(record: Mapping[str, Any], now: datetime) -> str:
    """One log record as a line: time (with its day where that is not today), level, service, event,
    then its other fields.

    A traceback follows on lines of its own, indented, frames that are not the shop's folded.
    """
    extras = " ".join(
        f"{escape(str(name))}={escape(str(value))}"
        for name, value in record.items()
        if name not in _SHOWN_APART and value not in (None, "")
    )
    trace_id = str(record.get("trace_id") or "")
    line = "  ".join(
        part
        for part in (
            _log_time(str(record.get("timestamp", "")), now),
            f"{escape(str(record.get('level', ''))):<8}",
            f"{escape(str(record.get('service', ''))):<9}",
            escape(str(record.get("event", ""))),
            extras,
            f"trace_id={escape(trace_id)}" if trace_id else "",
        )
        if part
    )
    traceback = fold_frames(str(record.get("traceback") or ""))
    return "\n".join([line, *(f"    {escape(text)}" for text in traceback)])


def fold_frames(traceback: str) -> list[str]:
    """The lines of a traceback: each run of frames of libraries is one line that names them."""
    shown: list[str] = []
    owners: list[str] = []
    margin = ""

    def unfold() -> None:
        if owners:
            names = list(dict.fromkeys(owners))
            more = ", …" if len(names) > OWNERS_SHOWN else ""
            frames = f"{len(owners)} frame{'' if len(owners) == 1 else 's'}"
            shown.append(f"{margin}  … {frames} of {', '.join(names[:OWNERS_SHOWN])}{more}")
            owners.clear()

    for text in traceback.splitlines():
        frame = _FRAME.match(text)
        if frame and not _SHOPS.search(frame["path"]):
            if frame["margin"] != margin:
                unfold()
            margin = frame["margin"]
            library = _LIBRARY.search(frame["path"])
            owners.append(library["name"] if library else "Python")
        elif owners and not frame and text.removeprefix(margin).startswith(("    ", "  [Previous")):
            continue  # what stands in the source there
        else:
            unfold()
            shown.append(text)
    unfold()
    return shown


def _span_line(trace: Trace, depth: int, group: tuple[Span, ...], room: int) -> str:
    first = group[0]
    times = f" {TIMES} {len(group)}" if len(group) > 1 else ""
    label = f"{'  ' * min(depth, DEPTH_MAX)}{first.service}  {first.operation}{times}"
    total_ns = sum(span.duration_ns for span in group)
    why = escape(message(first))
    mark = f"{FAILED}{why}".rstrip() if first.error else ""
    return (
        f"{_cut(escape(label), room):<{room}} {_duration(total_ns / 1e6):>9}  "
        f"{_bar(trace, group)}{mark}"
    ).rstrip()


def _bar(trace: Trace, group: tuple[Span, ...]) -> str:
    """Where in the trace the group lies, from its first start to its last end."""
    whole_ns = max(trace.duration_ns, 1)
    start_ns = min(span.start_ns for span in group) - trace.start_ns
    end_ns = max(span.end_ns for span in group) - trace.start_ns
    left = min(BAR_WIDTH - 1, start_ns * BAR_WIDTH // whole_ns)
    right = min(BAR_WIDTH, max(left + 1, -(-end_ns * BAR_WIDTH // whole_ns)))
    return f"|{' ' * left}{'█' * (right - left)}{' ' * (BAR_WIDTH - right)}|"


def _duration(duration_ms: float) -> str:
    return f"{duration_ms / 1000:.2f} s" if duration_ms >= 1000 else f"{duration_ms:.1f} ms"


def _clock(at_ms: float, now: datetime) -> str:
    return moment(datetime.fromtimestamp(at_ms / 1000, UTC), now)


def _log_time(timestamp: str, now: datetime) -> str:
    """To the millisecond; as it is, where it is no time."""
    try:
        at = datetime.fromisoformat(timestamp).astimezone(UTC)
    except ValueError:
        return escape(timestamp)[11:23]
    return moment(at, now, f"%H:%M:%S.{at.microsecond // 1000:03d}")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
