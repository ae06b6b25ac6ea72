"""The rows of the service's dashboard on what it runs out of, and on whom it waits for."""

from __future__ import annotations

from grafana.source.model import Colour, Row, Target, Thresholds, TimeSeries, Unit
from grafana.source.queries import OF_SERVICE, mean, quantile, rate, share

_BREAKER_STATES = {
    0: ("closed", Colour.GOOD),
    1: ("half-open", Colour.WARN),
    2: ("open", Colour.BAD),
}

SATURATION = Row(
    "Saturation",
    (
        TimeSeries(
            title="Requests in flight",
            description="Requests that have arrived and have no answer yet, and work that no "
            "request waits for.",
            targets=(
                Target(f"sum(http_requests_in_flight{{{OF_SERVICE}}})", "requests in flight"),
                Target(f"sum(background_jobs_in_progress{{{OF_SERVICE}}})", "background jobs"),
            ),
            unit=Unit.COUNT,
        ),
        TimeSeries(
            title="Worker threads",
            description="Threads that run requests, and requests that wait for one. Only services "
            "with blocking handlers have them.",
            targets=(
                Target(f"max(worker_slots_in_use{{{OF_SERVICE}}})", "in use"),
                Target(f"max(worker_slots_waiting{{{OF_SERVICE}}})", "waiting"),
                Target(f"max(worker_slots{{{OF_SERVICE}}})", "size"),
            ),
            unit=Unit.COUNT,
            stepped=True,
        ),
        TimeSeries(
            title="Database pool",
            description="Connections handed out, and how many there may be.",
            targets=(
                Target(f"max(db_pool_in_use{{{OF_SERVICE}}})", "in use"),
                Target(f"max(db_pool_size{{{OF_SERVICE}}})", "size"),
            ),
            unit=Unit.COUNT,
            stepped=True,
        ),
        TimeSeries(
            title="Pool wait time",
            description="How long requests wait for a database connection. The dots are single "
            "waits; each opens its trace.",
            targets=(
                Target(
                    quantile(0.5, "db_pool_wait_seconds", "", OF_SERVICE), "p50", exemplars=True
                ),
                Target(quantile(0.95, "db_pool_wait_seconds", "", OF_SERVICE), "p95"),
                Target(quantile(0.99, "db_pool_wait_seconds", "", OF_SERVICE), "p99"),
            ),
            unit=Unit.SECONDS,
        ),
        TimeSeries(
            title="Pool timeouts",
            description="Requests that got no database connection in time.",
            targets=(Target(rate("db_pool_timeouts_total", "service", OF_SERVICE), "given up"),),
            unit=Unit.PER_S,
        ),
        TimeSeries(
            title="Statements per request",
            description="SQL statements that a request of each route takes, on average.",
            targets=(Target(mean("db_statements_per_request", "route", OF_SERVICE), "{{route}}"),),
            unit=Unit.COUNT,
        ),
    ),
)

PROCESS = Row(
    "Processor and memory",
    (
        TimeSeries(
            title="Processor time",
            description="Of one core. A service that computes all the time is close to 100 %.",
            targets=(Target(rate("process_cpu_seconds_total", "service", OF_SERVICE), "used"),),
            unit=Unit.RATIO,
            thresholds=Thresholds.bad_above(0.9),
        ),
        TimeSeries(
            title="Memory",
            description="Resident memory of the process.",
            targets=(Target(f"sum(process_resident_memory_bytes{{{OF_SERVICE}}})", "resident"),),
            unit=Unit.BYTES,
        ),
        TimeSeries(
            title="Threads and open files",
            description="Threads of the process; descriptors that are open: files, connections, "
            "and sockets that listen.",
            targets=(
                Target(f"sum(process_threads{{{OF_SERVICE}}})", "threads"),
                Target(f"sum(process_open_fds{{{OF_SERVICE}}})", "open files"),
            ),
            unit=Unit.COUNT,
            stepped=True,
        ),
    ),
)

OUTBOUND = Row(
    "Outgoing calls",
    (
        TimeSeries(
            title="Calls by peer and outcome",
            description="Calls to other services and third parties, by what became of them.",
            targets=(
                Target(
                    rate("outbound_requests_total", "peer, outcome", OF_SERVICE),
                    "{{peer}} {{outcome}}",
                ),
            ),
            unit=Unit.REQUESTS_PER_S,
            width=12,
        ),
        TimeSeries(
            title="Latency of calls by peer, 95th percentile",
            description="As this service sees it, whatever the outcome. The dots are single "
            "calls; each opens its trace.",
            targets=(
                Target(
                    quantile(0.95, "outbound_request_duration_seconds", "peer", OF_SERVICE),
                    "{{peer}}",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
            width=12,
        ),
        TimeSeries(
            title="Error rate of calls, by peer",
            description="Calls that ended in an error, a timeout, or were not made because the "
            "breaker was open.",
            targets=(
                Target(
                    share("outbound_requests_total", 'outcome!="ok"', "peer", OF_SERVICE),
                    "{{peer}}",
                ),
            ),
            unit=Unit.RATIO,
        ),
        TimeSeries(
            title="Retries by peer",
            description="Calls that repeat an earlier one.",
            targets=(Target(rate("outbound_retries_total", "peer", OF_SERVICE), "{{peer}}"),),
            unit=Unit.PER_S,
        ),
        TimeSeries(
            title="Circuit breaker",
            description="An open breaker makes no calls to its peer. Only some services have one.",
            targets=(Target(f"max by (peer) (circuit_breaker_state{{{OF_SERVICE}}})", "{{peer}}"),),
            unit=Unit.NONE,
            stepped=True,
            at_most=2,
            value_names=_BREAKER_STATES,
        ),
    ),
)
