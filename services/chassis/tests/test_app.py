"""What every service does around its routes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client.openmetrics.exposition import ALLOWUTF8, UNDERSCORES, generate_latest

from services.chassis import middleware
from services.chassis.app import create_service
from services.chassis.metrics import REGISTRY
from services.chassis.settings import ServiceSettings
from services.chassis.testing import running

OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as client:
        yield client


async def series(client: httpx.AsyncClient, start: str) -> list[str]:
    """Lines of /metrics that begin with `start`."""
    text = (await client.get("/metrics")).text
    return [line for line in text.splitlines() if line.startswith(start)]


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines of the log so far."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def test_requests_are_counted_by_the_template_of_their_route(
    client: httpx.AsyncClient,
) -> None:
    await client.get("/items/1")
    await client.get("/items/2")
    labels = 'http_requests_total{method="GET",route="/items/{item_id}",status="200"}'
    [line] = await series(client, labels)
    assert float(line.split()[-1]) >= 2
    assert not await series(client, 'http_requests_total{method="GET",route="/items/1"')


async def test_unknown_paths_and_methods_share_a_label(client: httpx.AsyncClient) -> None:
    await client.request("BREW", "/no/such/path")
    assert await series(client, 'http_requests_total{method="OTHER",route="unmatched"')


async def test_a_good_request_is_one_that_neither_fails_nor_takes_long(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def good(route: str) -> float:
        [line] = await series(client, f'http_requests_good_total{{method="GET",route="{route}"}}')
        return float(line.split()[-1])

    await client.get("/items/1")
    before = await good("/items/{item_id}")
    assert (await client.get("/items/1")).status_code == 200
    assert await good("/items/{item_id}") == before + 1
    assert (await client.get("/broken")).status_code == 500
    assert await good("/broken") == 0
    monkeypatch.setattr(middleware, "SLOW_S", 0.0)
    await client.get("/items/1")
    assert await good("/items/{item_id}") == before + 1


async def test_health_and_metrics_are_not_counted(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}
    assert not [line for line in await series(client, "http_") if "healthz" in line]


async def test_metrics_name_the_build(client: httpx.AsyncClient) -> None:
    assert await series(client, "build_info") == [
        'build_info{commit="abc",service="sample",version="1.2.3"} 1.0'
    ]


async def test_durations_point_to_their_trace(client: httpx.AsyncClient) -> None:
    await client.get("/items/1", headers={"traceparent": TRACEPARENT})
    text = (await client.get("/metrics", headers=OPENMETRICS)).text
    assert f'# {{trace_id="{TRACE_ID}"}}' in text


async def test_a_request_id_is_passed_on_or_made(client: httpx.AsyncClient) -> None:
    given = await client.get("/items/1", headers={"X-Request-ID": "r-1"})
    assert given.headers["X-Request-ID"] == "r-1"
    made = await client.get("/items/1")
    assert len(made.headers["X-Request-ID"]) == 32
    odd = await client.get("/items/1", headers={"X-Request-ID": "x" * 500})
    assert len(odd.headers["X-Request-ID"]) == 32


async def test_a_problem_is_answered_as_json_with_its_trace(client: httpx.AsyncClient) -> None:
    answer = await client.get("/refused", headers={"traceparent": TRACEPARENT})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "3"
    body = answer.json()
    assert (body["title"], body["detail"]) == ("Not now", "come back later")
    assert body["trace_id"] == TRACE_ID


async def test_unknown_paths_are_problems_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere")
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")


async def test_an_invalid_request_names_what_is_wrong(client: httpx.AsyncClient) -> None:
    answer = await client.get("/items/one")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "path.item_id"


async def test_an_unexpected_error_tells_the_log_and_not_the_caller(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await client.get("/broken", headers={"traceparent": TRACEPARENT})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    error = next(line for line in logged(capsys) if line["event"] == "unexpected error")
    assert "ZeroDivisionError" in error["traceback"]
    assert error["trace_id"] == TRACE_ID
    assert [line for line in await series(client, "http_requests_total") if 'status="500"' in line]


async def test_the_log_tells_of_failures_and_not_of_success(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.get("/items/1")
    await client.get("/broken", headers={"X-Request-ID": "r-2"})
    lines = [line for line in logged(capsys) if "path" in line]
    assert [line["path"] for line in lines] == ["/broken"]
    failed = lines[0]
    assert (failed["level"], failed["event"], failed["status"]) == ("ERROR", "request failed", 500)
    assert (failed["service"], failed["version"], failed["request_id"]) == (
        "sample", "1.2.3", "r-2",
    )  # fmt: skip
    assert failed["reason"].startswith("ZeroDivisionError")
    assert failed["timestamp"].endswith("Z")


async def test_a_body_beyond_the_bound_is_refused(settings: ServiceSettings) -> None:
    router = APIRouter()

    @router.post("/echo")
    async def echo(body: dict[str, str]) -> int:
        return len(body)

    async with running(create_service(settings, routers=[router])) as client:
        assert (await client.post("/echo", json={"a": "x"})).status_code == 200
        assert (await client.post("/echo", json={"a": "x" * (1 << 20)})).status_code == 413


async def test_resources_are_entered_in_order_and_left_in_reverse(
    settings: ServiceSettings,
) -> None:
    happened: list[str] = []

    def resource(name: str) -> Any:
        @asynccontextmanager
        async def enter(_app: FastAPI) -> AsyncIterator[None]:
            happened.append(f"+{name}")
            yield
            happened.append(f"-{name}")

        return enter

    app = create_service(settings, routers=[], resources=[resource("a"), resource("b")])
    async with running(app):
        assert happened == ["+a", "+b"]
    assert happened == ["+a", "+b", "-b", "-a"]


async def test_a_failing_check_makes_it_unready(settings: ServiceSettings) -> None:
    async def check() -> None:
        raise ConnectionError("the database is away")

    async with running(create_service(settings, routers=[], ready_checks=[check])) as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["detail"]) == (503, "the database is away")
        assert (await client.get("/healthz")).status_code == 200


def rendered(escaping: str) -> bytes:
    return bytes(generate_latest(REGISTRY, escaping=escaping))  # type: ignore[no-untyped-call]


def test_no_name_of_ours_needs_escaping() -> None:
    """So that it may be left out: the scrape says that it was."""
    plain, escaped = (
        [line for line in text.splitlines() if b"process_" not in line]
        for text in (rendered(ALLOWUTF8), rendered(UNDERSCORES))
    )
    assert plain == escaped
