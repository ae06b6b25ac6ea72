"""Traces in bounded memory."""

from __future__ import annotations

from harness.telemetry.otlp import split_spans
from harness.telemetry.trace_store import TraceLimits, TraceStore
from harness.telemetry.traces import TraceQuery
from tests.unit.telemetry.memory import weighed
from tests.unit.telemetry.spans import MS, START_NS, request, span, trace_id


def filled(*bodies: bytes, limits: TraceLimits | None = None) -> TraceStore:
    store = TraceStore(limits)
    for body in bodies:
        store.add(split_spans(body)[0])
    return store


async def ids(store: TraceStore, query: TraceQuery) -> list[int]:
    return [int(trace.trace_id, 16) for trace in await store.search(query)]


def test_spans_of_several_services_come_together_in_one_trace() -> None:
    store = filled(
        request(span(1, 2, parent=1, start_ms=2), service="orders"),
        request(span(1, 1, name="GET /api/history"), service="gateway"),
    )
    trace = store.get(trace_id(1))
    assert trace is not None
    assert [item.service for item in trace.spans] == ["gateway", "orders"]
    assert [root.service for root in trace.roots()] == ["gateway"]
    assert trace.duration_ns == 12 * MS
    assert store.services() == ["gateway", "orders"]
    assert store.operations("gateway") == ["GET /api/history"]


def test_a_trace_that_never_came_is_none() -> None:
    assert TraceStore().get(trace_id(9)) is None


async def test_search_finds_by_service_operation_duration_time_error_and_tag() -> None:
    store = filled(
        request(span(1, 1, name="GET /orders", duration_ms=5)),
        request(span(2, 1, name="POST /orders", duration_ms=900, start_ms=1000)),
        request(span(3, 1, name="POST /orders", error=True, start_ms=2000)),
        request(span(4, 1, tags={"user": "7"}, start_ms=3000), service="users"),
    )
    assert await ids(store, TraceQuery()) == [4, 3, 2, 1]
    assert await ids(store, TraceQuery(limit=2)) == [4, 3]
    assert await ids(store, TraceQuery(service="orders")) == [3, 2, 1]
    assert await ids(store, TraceQuery(operation="POST /orders")) == [3, 2]
    assert await ids(store, TraceQuery(min_duration_ns=100 * MS)) == [2]
    assert await ids(store, TraceQuery(max_duration_ns=6 * MS)) == [1]
    assert await ids(store, TraceQuery(start_ns=START_NS + 2000 * MS)) == [4, 3]
    assert await ids(store, TraceQuery(end_ns=START_NS + 1000 * MS)) == [2, 1]
    assert await ids(store, TraceQuery(tags={"error": "true"})) == [3]
    assert await ids(store, TraceQuery(tags={"error": "false"}, limit=1)) == [4]
    assert await ids(store, TraceQuery(tags={"user": "7", "span.kind": "server"})) == [4]
    assert await ids(store, TraceQuery(service="orders", tags={"user": "7"})) == []


async def test_all_conditions_must_hold_for_the_same_span() -> None:
    store = filled(
        request(span(1, 1, name="GET /orders"), span(1, 2, parent=1, name="SELECT", error=True))
    )
    both = TraceQuery(operation="GET /orders", tags={"error": "true"})
    assert await ids(store, both) == []
    assert await ids(store, TraceQuery(operation="SELECT", tags={"error": "true"})) == [1]


def test_the_oldest_traces_go_when_there_are_too_many_spans() -> None:
    limits = TraceLimits(spans=10, size_bytes=10**9)
    store = filled(
        *(request(span(n, 1), span(n, 2, parent=1), service=f"s{n}") for n in range(1, 9)),
        limits=limits,
    )
    assert store.spans == 10
    assert store.get(trace_id(3)) is None
    assert store.get(trace_id(4)) is not None
    assert store.services() == [f"s{n}" for n in range(4, 9)]
    assert store.received_spans == 16
    assert store.dropped_spans == 6


def test_a_trace_without_end_keeps_its_first_spans_and_counts_the_others() -> None:
    limits = TraceLimits(spans_per_trace=100)
    store = filled(request(*(span(1, n) for n in range(1, 151))), limits=limits)
    trace = store.get(trace_id(1))
    assert trace is not None
    assert len(trace.spans) == 100
    assert trace.dropped_spans == 50


def test_memory_stays_within_the_stated_bound_whatever_comes() -> None:
    """The bound counts what Python really uses: every span has a new trace, name and service."""
    limits = TraceLimits(spans=10**9, size_bytes=4 * 1024 * 1024)
    with weighed() as held_bytes:
        store = TraceStore(limits)
        for batch in range(100):
            numbers = range(batch * 200 + 1, batch * 200 + 201)
            spans = [span(n, n, name=f"GET /{n}", tags={"q": "x" * (n % 300)}) for n in numbers]
            store.add(split_spans(request(*spans, service=f"service-{batch}"))[0])
        assert store.dropped_spans > 5_000
        assert store.size_bytes <= limits.size_bytes
        last: list[object] = [store]
        del store
        # Tables that grew and emptied keep some of their size; that is the margin.
        assert held_bytes(last) <= 1.4 * limits.size_bytes


def test_memory_of_ordinary_traces_is_what_the_store_says() -> None:
    with weighed() as held_bytes:
        store = TraceStore()
        for number in range(1, 501):
            spans = [
                span(number, n, name="SELECT orders", tags={"db.query.text": "SELECT 1" * 20})
                for n in range(1, 21)
            ]
            store.add(split_spans(request(*spans))[0])
        stated_bytes = store.size_bytes
        last: list[object] = [store]
        del store
        assert 0.7 * stated_bytes <= held_bytes(last) <= stated_bytes
