"""A real Prometheus: it scrapes, evaluates the real rules, pages, and answers queries."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.errors import DrillError, StackFailed, UsageError
from harness.model import Alert
from harness.telemetry.alerts import AlertBook, Transition, parse_alerts
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.prometheus_server import PrometheusSettings, prometheus_spec
from harness.waiting import wait_until
from tests.unit.telemetry.conftest import free_port, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


@dataclass
class Shop:
    """A gateway that can be made to fail, as far as Prometheus can see."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    failing: bool = False

    def __post_init__(self) -> None:
        self.requests = Counter(
            "http_requests_total", "", ["method", "route", "status"], registry=self.registry
        )
        self.duration = Histogram(
            "http_request_duration_seconds", "", ["method", "route"], registry=self.registry
        )

    def serve_some(self) -> None:
        self.requests.labels("GET", "/api/history", "200").inc(24)
        self.requests.labels("GET", "/api/history", "502" if self.failing else "200").inc(6)
        self.duration.labels("GET", "/api/history").observe(0.02, {"trace_id": TRACE_ID})

    async def metrics(self, request: Request) -> Response:
        # Traffic is tied to scrapes, so that rates do not depend on the test's own speed.
        self.serve_some()
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self.registry), headers={"Content-Type": content_type})

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/metrics", self.metrics)])


@dataclass
class Pager:
    """The host's side: takes alerts where the token is right."""

    token: str
    book: AlertBook = field(default_factory=AlertBook)
    changes: list[Transition] = field(default_factory=list)

    async def alerts(self, request: Request) -> Response:
        login = b64encode(f"prometheus:{self.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return Response(status_code=401)
        now = datetime.now(UTC)
        self.changes += self.book.feed(parse_alerts(await request.body(), now), now)
        return Response(status_code=200)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/api/v2/alerts", self.alerts, methods=["POST"])])

    async def change(self, name: str, *, resolved: bool) -> Alert | None:
        for change in self.changes:
            if change.alert.name == name and change.resolved == resolved:
                return change.alert
        return None


@dataclass(frozen=True)
class Live:
    shop: Shop
    pager: Pager
    client: PrometheusClient
    url: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(
    prometheus_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Live]:
    tmp_path = tmp_path_factory.mktemp("prometheus")
    token_file = tmp_path / "token"
    token_file.write_text("s3cret\n")
    shop, pager = Shop(), Pager("s3cret")
    port = free_port()
    async with serving(shop.app()) as shop_port, serving(pager.app()) as pager_port:
        spec = prometheus_spec(
            PrometheusSettings(
                binary=prometheus_binary,
                run_dir=tmp_path,
                port=port,
                services={"gateway": shop_port},
                load_port=free_port(),
                recorder_port=free_port(),
                pager_port=pager_port,
                pager_password_file=token_file,
            )
        )
        with (tmp_path / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *spec.argv, env=dict(spec.env), cwd=spec.cwd, stdout=log, stderr=log
            )
        url = f"http://127.0.0.1:{port}"
        try:
            async with PrometheusClient(url) as client:
                await _until_scraped(client)
                yield Live(shop, pager, client, url)
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), 5)


async def _until_scraped(client: PrometheusClient) -> None:
    async def scraped() -> bool:
        try:
            return bool(await client.query("count_over_time(http_requests_total[10s]) >= 5"))
        except DrillError:
            return False

    await wait_until(scraped, timeout_s=20, what="the first five scrapes")


@pytest.mark.live
async def test_errors_page_within_ten_seconds_and_are_resolved_after(live: Live) -> None:
    assert live.pager.changes == []
    began = time.monotonic()
    live.shop.failing = True
    fired = await wait_until(
        lambda: live.pager.change("HighErrorRate", resolved=False),
        timeout_s=20,
        what="the alert to be delivered",
    )
    assert time.monotonic() - began < 10
    assert fired.labels["service"] == "gateway"
    assert fired.summary.endswith("of requests at the public edge fail")
    assert fired.fingerprint in {alert.fingerprint for alert in await live.client.alerts()}

    live.shop.failing = False
    await wait_until(
        lambda: live.pager.change("HighErrorRate", resolved=True),
        timeout_s=45,
        what="the alert to be resolved",
    )


@pytest.mark.live
async def test_queries_give_typed_values_series_exemplars_and_targets(live: Live) -> None:
    client, now = live.client, datetime.now(UTC)
    (sample,) = await client.query('http_requests_total{status="200"}')
    assert sample.labels["service"] == "gateway"
    assert sample.value >= 30
    assert await client.value("vector(1) == 2") is None
    assert await client.value("scalar(vector(2))") == 2
    assert await client.value("1 - vector(1)", at=now) == 0

    (series,) = await client.query_range(
        'http_requests_total{status="200"}', now - timedelta(seconds=3), now
    )
    values = [point.value for point in series.samples]
    assert values == sorted(values)
    assert len(values) >= 3

    exemplars = await client.query_exemplars(
        "http_request_duration_seconds_bucket", now - timedelta(minutes=1), now
    )
    assert {exemplar.trace_id for exemplar in exemplars} == {TRACE_ID}

    up = {target.service: target.up for target in await client.targets()}
    assert up == {"gateway": True, "load": False, "recorder": False}


@pytest.mark.live
async def test_a_wrong_expression_is_a_usage_error(live: Live) -> None:
    for expression in ("sum(", "http_requests_total[5s]"):
        with pytest.raises(UsageError):
            await live.client.query(expression)


@pytest.mark.live
async def test_its_admin_and_lifecycle_interfaces_are_off(live: Live) -> None:
    async with httpx.AsyncClient(base_url=live.url, trust_env=False) as http:
        assert (await http.post("/-/quit")).status_code == 403
        assert (await http.post("/-/reload")).status_code == 403
        snapshot = await http.post("/api/v1/admin/tsdb/snapshot")
        assert snapshot.json()["errorType"] == "unavailable"


async def test_a_prometheus_that_is_away_is_named_in_the_error() -> None:
    async with PrometheusClient(f"http://127.0.0.1:{free_port()}") as client:
        with pytest.raises(StackFailed, match="does not answer"):
            await client.query("up")


async def test_something_else_on_the_port_is_told_apart_from_prometheus() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text="<html>"))
    async with PrometheusClient("http://127.0.0.1", transport) as client:
        with pytest.raises(DrillError, match="without JSON"):
            await client.query("up")


async def test_several_series_are_no_single_value() -> None:
    rows = [{"metric": {"service": name}, "value": [0, "1"]} for name in "ab"]
    body = {"status": "success", "data": {"resultType": "vector", "result": rows}}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    async with PrometheusClient("http://127.0.0.1", transport) as client:
        with pytest.raises(UsageError, match="2 series"):
            await client.value("up")
