"""The traces of the drill in bounded memory: when it is full, the oldest traces go."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.telemetry.otlp import StoredSpan, read_span
from harness.telemetry.traces import Span, Trace, TraceQuery

SPAN_OVERHEAD_BYTES = 328
"""What a stored span costs besides its bytes; measured, see the tests."""
TRACE_OVERHEAD_BYTES = 450
"""What a trace costs besides its spans, a name of its own included."""
SCANNED_BEFORE_YIELD = 100


@dataclass(frozen=True)
class TraceLimits:
    """How much is kept."""

    spans: int = 120_000
    spans_per_trace: int = 2_000
    size_bytes: int = 64 * 1024 * 1024


@dataclass(slots=True)
class _Entry:
    spans: list[StoredSpan] = field(default_factory=list)
    size_bytes: int = TRACE_OVERHEAD_BYTES
    dropped: int = 0


class TraceStore:
    """Bounded by spans, bytes, and spans of one trace. Not thread-safe: one event loop uses it."""

    def __init__(self, limits: TraceLimits | None = None) -> None:
        self._limits = limits or TraceLimits()
        self._traces: OrderedDict[str, _Entry] = OrderedDict()
        self._operations: dict[str, Counter[str]] = {}
        self.spans = 0
        self.size_bytes = 0
        self.received_spans = 0
        self.dropped_spans = 0

    def __len__(self) -> int:
        return len(self._traces)

    def add(self, spans: Iterable[StoredSpan]) -> None:
        """Keep `spans`, dropping the oldest traces where there is no room."""
        for span in spans:
            self._add(span)
        while self.spans > self._limits.spans or self.size_bytes > self._limits.size_bytes:
            self._drop_oldest()

    def services(self) -> list[str]:
        """Names of the services that have spans, sorted."""
        return sorted(self._operations)

    def operations(self, service: str) -> list[str]:
        """Names of the operations of a service, sorted."""
        return sorted(self._operations.get(service, ()))

    def operations_by_kind(self, service: str, kind: str = "") -> list[tuple[str, str]]:
        """Operations of a service, each with its kind, sorted; those of one kind where given."""
        return sorted(
            {
                (span.operation, span.kind)
                for entry in self._traces.values()
                for span in entry.spans
                if span.service == service and kind in ("", span.kind)
            }
        )

    async def dependencies(self, begin_ns: int, end_ns: int) -> Mapping[tuple[str, str], int]:
        """Calls from one service to another in the traces that began in a period, by both names.
        Lets other work pass in between."""
        calls: Counter[tuple[str, str]] = Counter()
        for scanned, trace_id in enumerate(list(self._traces)):
            if scanned % SCANNED_BEFORE_YIELD == SCANNED_BEFORE_YIELD - 1:
                await asyncio.sleep(0)
            entry = self._traces.get(trace_id)
            if entry is not None and begin_ns <= _start_ns(entry) <= end_ns:
                calls.update(_calls(_read(trace_id, entry)))
        return calls

    def get(self, trace_id: str) -> Trace | None:
        """One trace, or None where it never came or was dropped."""
        entry = self._traces.get(trace_id)
        return None if entry is None else _read(trace_id, entry)

    async def search(self, query: TraceQuery) -> list[Trace]:
        """The newest traces that match, newest first. Lets other work pass in between."""
        found: list[Trace] = []
        for scanned, trace_id in enumerate(list(reversed(self._traces))):
            if len(found) >= query.limit:
                break
            if scanned % SCANNED_BEFORE_YIELD == SCANNED_BEFORE_YIELD - 1:
                await asyncio.sleep(0)
            entry = self._traces.get(trace_id)
            if entry is not None and _matches(entry, query):
                found.append(_read(trace_id, entry))
        return found

    def _add(self, span: StoredSpan) -> None:
        self.received_spans += 1
        entry = self._traces.get(span.trace_id)
        if entry is None:
            entry = self._traces[span.trace_id] = _Entry()
            self.size_bytes += TRACE_OVERHEAD_BYTES
        if len(entry.spans) >= self._limits.spans_per_trace:
            entry.dropped += 1
            self.dropped_spans += 1
            return
        size_bytes = len(span.raw) + SPAN_OVERHEAD_BYTES
        entry.spans.append(span)
        entry.size_bytes += size_bytes
        self.spans += 1
        self.size_bytes += size_bytes
        self._operations.setdefault(span.service, Counter())[span.operation] += 1

    def _drop_oldest(self) -> None:
        _, entry = self._traces.popitem(last=False)
        self.spans -= len(entry.spans)
        self.size_bytes -= entry.size_bytes
        self.dropped_spans += len(entry.spans)
        for span in entry.spans:
            operations = self._operations[span.service]
            operations[span.operation] -= 1
            if not operations[span.operation]:
                del operations[span.operation]
            if not operations:
                del self._operations[span.service]


def _read(trace_id: str, entry: _Entry) -> Trace:
    spans = sorted((read_span(span) for span in entry.spans), key=lambda span: span.start_ns)
    return Trace(trace_id, tuple(spans), entry.dropped)


def _start_ns(entry: _Entry) -> int:
    return min(span.start_ns for span in entry.spans)


def _calls(trace: Trace) -> Iterator[tuple[str, str]]:
    services = {span.span_id: span.service for span in trace.spans}
    for span in trace.spans:
        caller = services.get(span.parent_id or "")
        if caller is not None and caller != span.service:
            yield caller, span.service


def _matches(entry: _Entry, query: TraceQuery) -> bool:
    start_ns = _start_ns(entry)
    if query.start_ns is not None and start_ns < query.start_ns:
        return False
    if query.end_ns is not None and start_ns > query.end_ns:
        return False
    return any(_span_matches(span, query) for span in entry.spans)


def _span_matches(span: StoredSpan, query: TraceQuery) -> bool:
    if query.service and span.service != query.service:
        return False
    if query.operation and span.operation != query.operation:
        return False
    if query.min_duration_ns is not None and span.duration_ns < query.min_duration_ns:
        return False
    if query.max_duration_ns is not None and span.duration_ns > query.max_duration_ns:
        return False
    # Errors are looked for most, and known without parsing the span.
    if query.tags.get("error") == "true" and not span.error:
        return False
    return not query.tags or _has_tags(read_span(span), query.tags)


def _has_tags(span: Span, tags: Mapping[str, str]) -> bool:
    known = {name: _text(value) for name, value in span.attributes.items()}
    known |= {"error": _text(span.error), "span.kind": span.kind, "service.version": span.version}
    return all(known.get(name) == value for name, value in tags.items())


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
