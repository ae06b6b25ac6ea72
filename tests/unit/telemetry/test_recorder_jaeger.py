"""Jaeger's API as its own page and its other clients ask it: only what was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from harness.telemetry.otlp import split_spans
from harness.telemetry.recorder_app import Memory, create_app
from tests.unit.telemetry.spans import START_NS, request, span, trace_id

TOKEN = "0123456789abcdef"
START_MS = START_NS // 1_000_000
HOUR_MS = 3_600_000
Params = Sequence[tuple[str, str]]


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A recorder of three traces: 1 asks orders by way of the gateway, and orders asks users twice;
    2 takes two hours; 3 began an hour later and failed."""
    memory = Memory()
    for body in (
        request(span(1, 1, name="GET /api/history", kind=2), service="gateway"),
        request(span(1, 2, parent=1, name="GET", kind=3), service="gateway"),
        request(span(1, 3, parent=2), service="orders"),
        request(span(1, 4, parent=3, name="GET", kind=3), service="orders"),
        request(span(1, 5, parent=4), span(1, 6, parent=4), service="users"),
        request(span(2, 1, duration_ms=2 * HOUR_MS, tags={"a": "b:c"}), service="orders"),
        request(span(3, 1, start_ms=HOUR_MS, error=True), service="orders"),
    ):
        memory.traces.add(split_spans(body)[0])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(memory, TOKEN)),
        base_url="http://127.0.0.1",
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client


async def found(http: httpx.AsyncClient, params: Params) -> list[int]:
    answer = (await http.get("/api/traces", params=tuple(params))).json()
    return [int(trace["traceID"], 16) for trace in answer["data"]]


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ([], [3, 2, 1]),  # negative control: whatever is not understood would find all of them
        ([("traceID", trace_id(2))], [2]),
        ([("traceID", "2")], [2]),
        ([("traceID", trace_id(3).upper()), ("traceID", "1"), ("traceID", "3")], [3, 1]),
        ([("traceID", "2"), ("service", "users")], [2]),
        ([("traceID", "9")], []),
        ([("traceID", "")], [3, 2, 1]),
        ([("tag", "error:true")], [3]),
        ([("tag", "a:b:c")], [2]),
        ([("tag", "error:false"), ("tag", "a:b:c")], [2]),
        ([("tag", "a:b:c"), ("tags", '{"error": "true"}')], []),
        ([("minDuration", "1.5h")], [2]),
        ([("minDuration", "1h59m59.5s")], [2]),
        ([("minDuration", "2h0m1s")], []),
        ([("maxDuration", ".5h"), ("service", "orders")], [3, 1]),
        ([("maxDuration", "10000us"), ("minDuration", "10000000ns"), ("service", "users")], [1]),
    ],
)  # fmt: skip
async def test_no_trace_is_answered_that_was_not_asked_for(
    http: httpx.AsyncClient, params: Params, numbers: list[int]
) -> None:
    assert await found(http, params) == numbers


async def test_an_id_that_is_not_kept_is_named_beside_those_that_are(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/api/traces", params=[("traceID", "1"), ("traceID", "9")])
    assert answer.status_code == 200
    assert [one["traceID"] for one in answer.json()["data"]] == [trace_id(1)]
    assert answer.json()["errors"] == [
        {"code": 404, "msg": "trace not found", "traceID": trace_id(9)}
    ]


@pytest.mark.parametrize("path", ["/api/traces/1", f"/api/traces/{trace_id(1)}"])
async def test_a_trace_has_its_short_address_too(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).json()["data"][0]["traceID"] == trace_id(1)


@pytest.mark.parametrize("path", ["/api/traces/xyz", f"/api/traces/{'0' * 40}"])
async def test_what_is_no_id_finds_no_trace(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


async def operations(http: httpx.AsyncClient, **params: str) -> list[dict[str, str]]:
    answer: list[dict[str, str]] = (await http.get("/api/operations", params=params)).json()["data"]
    return answer


async def test_operations_come_with_their_kind(http: httpx.AsyncClient) -> None:
    client, server = ({"name": "GET", "spanKind": "client"}, {"name": "GET /orders"})
    assert await operations(http, service="orders") == [client, server | {"spanKind": "server"}]
    assert await operations(http, service="orders", spanKind="client") == [client]
    assert await operations(http, service="nobody") == []
    assert (await http.get("/api/operations")).status_code == 400


async def dependencies(http: httpx.AsyncClient, **params: Any) -> list[tuple[str, str, int]]:
    answer = await http.get("/api/dependencies", params=params)
    assert answer.status_code == 200
    return [(one["parent"], one["child"], one["callCount"]) for one in answer.json()["data"]]


async def test_dependencies_are_the_calls_between_services_in_the_period(
    http: httpx.AsyncClient,
) -> None:
    calls = [("gateway", "orders", 1), ("orders", "users", 2)]
    assert await dependencies(http, endTs=START_MS + HOUR_MS, lookback=HOUR_MS) == calls
    assert await dependencies(http, endTs=START_MS - 1, lookback=HOUR_MS) == []
    assert await dependencies(http, endTs=START_MS + HOUR_MS, lookback=1) == []
    assert await dependencies(http, endTs=START_MS + HOUR_MS) == calls


@pytest.mark.parametrize("params", [{"endTs": "now"}, {"lookback": "1h"}])
async def test_a_period_that_is_none_is_400_and_named(
    http: httpx.AsyncClient, params: dict[str, str]
) -> None:
    answer = await http.get("/api/dependencies", params=params)
    assert answer.status_code == 400
    assert next(iter(params)) in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/api/operations?service=orders", "/api/dependencies"])
async def test_they_want_the_token_like_all_others(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path, headers={"Authorization": ""})).status_code == 401
