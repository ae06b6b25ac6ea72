"""Spans and traces as the recorder, its client and the terminal see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

AttributeValue = str | int | float | bool


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that happened during a span, such as an exception."""

    at_ns: int
    name: str
    attributes: Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class Span:
    """One operation of one service. Times are nanoseconds, `start_ns` since the epoch."""

    trace_id: str
    span_id: str
    parent_id: str | None
    service: str
    version: str
    operation: str
    kind: str
    """`server`, `client`, `internal`, `producer` or `consumer`."""
    start_ns: int
    duration_ns: int
    error: bool
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    events: tuple[SpanEvent, ...] = ()

    @property
    def end_ns(self) -> int:
        """When the span ended, nanoseconds since the epoch."""
        return self.start_ns + self.duration_ns


@dataclass(frozen=True, slots=True)
class Trace:
    """The spans of one request, by start time."""

    trace_id: str
    spans: tuple[Span, ...]
    dropped_spans: int = 0
    """Spans that arrived but were not kept, because the trace was too long."""

    @property
    def start_ns(self) -> int:
        """Start of the first span, nanoseconds since the epoch."""
        return min((span.start_ns for span in self.spans), default=0)

    @property
    def duration_ns(self) -> int:
        """From the start of the first span to the end of the last one."""
        return max((span.end_ns for span in self.spans), default=0) - self.start_ns

    def roots(self) -> list[Span]:
        """Spans whose parent is not part of the trace; usually one."""
        known = {span.span_id for span in self.spans}
        return [
            span
            for span in self.spans
            # A span that names itself as parent would otherwise never be reached.
            if span.parent_id not in known or span.parent_id == span.span_id
        ]

    def children(self) -> Mapping[str, list[Span]]:
        """The spans below each span, by span id, in order of their start."""
        below: dict[str, list[Span]] = defaultdict(list)
        for span in self.spans:
            if span.parent_id is not None and span.parent_id != span.span_id:
                below[span.parent_id].append(span)
        return below

    def folded(self) -> Iterator[tuple[int, tuple[Span, ...]]]:
        """Depth-first, with siblings of the same service and operation taken together.

        Yields each group with its depth. Groups of several spans appear once, followed by what
        is below their first span.
        """
        below = self.children()
        seen: set[str] = set()
        stack = [(0, group) for group in reversed(_groups(self.roots()))]
        while stack:
            depth, group = stack.pop()
            if group[0].span_id in seen:
                continue  # ids that repeat or point at each other must not go on for ever
            seen.update(span.span_id for span in group)
            yield depth, group
            inner = _groups(below.get(group[0].span_id, []))
            stack.extend((depth + 1, child) for child in reversed(inner))


def _groups(siblings: list[Span]) -> list[tuple[Span, ...]]:
    groups: dict[tuple[str, str, bool], list[Span]] = {}
    for span in siblings:
        groups.setdefault((span.service, span.operation, span.error), []).append(span)
    return [tuple(group) for group in groups.values()]


@dataclass(frozen=True)
class TraceQuery:
    """Which traces are wanted: those where one span of `service` has all of the rest."""

    service: str = ""
    operation: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    min_duration_ns: int | None = None
    max_duration_ns: int | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    limit: int = 20
