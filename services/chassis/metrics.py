"""The metrics that every service exports, in one registry.

Prometheus adds the label `service`; nothing here does.
"""

from __future__ import annotations

import threading
from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.settings import ServiceSettings

# Else each series has a second one, that nobody reads.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

LATENCY_BUCKETS_S = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 4.0, 5.0, 7.5, 10.0, 30.0,
)  # fmt: skip

HTTP_REQUESTS = Counter(
    "http_requests_total", "Requests answered.", ["method", "route", "status"], registry=REGISTRY
)
HTTP_GOOD = Counter(
    "http_requests_good_total",
    "Requests answered within a second, and without a server error.",
    ["method", "route"],
    registry=REGISTRY,
)
HTTP_DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from a request's arrival to the end of its answer.",
    ["method", "route"],
    buckets=LATENCY_BUCKETS_S,
    registry=REGISTRY,
)
HTTP_IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being served.", registry=REGISTRY)
BACKGROUND_JOBS = Gauge(
    "background_jobs_in_progress",
    "Pieces of work under way that no request waits for.",
    registry=REGISTRY,
)
PROCESS_THREADS = Gauge("process_threads", "Threads of the process.", registry=REGISTRY)
PROCESS_THREADS.set_function(threading.active_count)
BUILD_INFO = Gauge("build_info", "Always 1.", ["service", "version", "commit"], registry=REGISTRY)

OUTBOUND_REQUESTS = Counter(
    "outbound_requests_total", "Calls to peers.", ["peer", "outcome"], registry=REGISTRY
)
OUTBOUND_DURATION = Histogram(
    "outbound_request_duration_seconds",
    "Time that calls to peers took, whatever their outcome.",
    ["peer"],
    buckets=LATENCY_BUCKETS_S,
    registry=REGISTRY,
)
OUTBOUND_RETRIES = Counter(
    "outbound_retries_total", "Calls to peers that were repeats.", ["peer"], registry=REGISTRY
)
BREAKER_STATE = Gauge(
    "circuit_breaker_state", "0 closed, 1 half-open, 2 open.", ["peer"], registry=REGISTRY
)

# Exported only by the services that have a database or blocking handlers: see `publish`.
DB_POOL_SIZE = Gauge("db_pool_size", "Connections that the pool may hold.", registry=None)
DB_POOL_IN_USE = Gauge("db_pool_in_use", "Connections handed out.", registry=None)
DB_POOL_WAIT = Histogram(
    "db_pool_wait_seconds",
    "Time spent waiting for a connection.",
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0),
    registry=None,
)
DB_POOL_TIMEOUTS = Counter(
    "db_pool_timeouts_total", "Waits for a connection that were given up.", registry=None
)
DB_STATEMENTS = Histogram(
    "db_statements_per_request",
    "SQL statements that a request took.",
    ["method", "route"],
    buckets=(0, 1, 2, 3, 4, 5, 7, 10, 15, 25, 50, 100, 250, 500, 1000),
    registry=None,
)
DATABASE_METRICS = (
    DB_POOL_SIZE, DB_POOL_IN_USE, DB_POOL_WAIT, DB_POOL_TIMEOUTS, DB_STATEMENTS,
)  # fmt: skip

_published: set[Collector] = set()


def publish(*collectors: Collector) -> None:
    """Export `collectors` from now on; those that are exported already stay as they are."""
    for collector in collectors:
        if collector not in _published:
            REGISTRY.register(collector)
            _published.add(collector)


def set_build_info(settings: ServiceSettings) -> None:
    """Name the running build; there is one in a process."""
    BUILD_INFO.clear()
    BUILD_INFO.labels(settings.service_name, settings.service_version, settings.service_commit).set(
        1
    )


async def metrics_endpoint(request: Request) -> Response:
    """All metrics, as OpenMetrics (with exemplars) where the scraper accepts it."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    if content_type.startswith("application/openmetrics-text"):
        # No name of ours needs escaping: to look at every letter of each takes a third of a scrape.
        encode = partial(openmetrics.generate_latest, escaping=openmetrics.ALLOWUTF8)
        content_type = openmetrics.CONTENT_TYPE_LATEST
    return Response(encode(REGISTRY), headers={"Content-Type": content_type})
