"""Shop overview: what customers get, and the golden signals of every service."""

from __future__ import annotations

from grafana.source.dashboards.common import (
    BUDGET,
    BURN_PAGES,
    CHECKOUT_BOUND_S,
    CUSTOMER_SUCCESS,
    OBJECTIVE,
    OTHERS_BOUND_S,
    STATUS_COLOURS,
    SUCCESS_BY_JOURNEY,
    UTILISATION,
)
from grafana.source.model import (
    Column,
    Dashboard,
    Row,
    Stat,
    Table,
    Target,
    Thresholds,
    TimeSeries,
    Unit,
)
from grafana.source.queries import MARKS, quantile, rate

_BURN = Thresholds.bad_above(BURN_PAGES, warn=1)

_OBJECTIVES = Row(
    "Objectives",
    (
        CUSTOMER_SUCCESS,
        Stat(
            title="Burn rate, 30 s",
            description="How many times faster than allowed the error budget is being used. At 1 "
            "it lasts its period; above 14.4, over all windows, the alert fires.",
            targets=(Target(f"user:error_ratio:rate30s / {BUDGET}", "burn"),),
            unit=Unit.BURN,
            decimals=1,
            thresholds=_BURN,
        ),
        Stat(
            title="Burn rate, 2 min",
            description="The same over the longer window, which keeps a blip from paging.",
            targets=(Target(f"user:error_ratio:rate2m / {BUDGET}", "burn"),),
            unit=Unit.BURN,
            decimals=1,
            thresholds=_BURN,
        ),
        Stat(
            title="Error budget spent",
            description="How many times over the failures that the objective allows for the time "
            "shown have happened. Above 1 the objective is missed.",
            targets=(
                Target(
                    "increase(user:requests_failed:total[$__range])"
                    f" / (increase(user:requests:total[$__range]) > 0) / {BUDGET}",
                    "spent",
                ),
            ),
            unit=Unit.BURN,
            decimals=1,
            thresholds=Thresholds.bad_above(1, warn=0.5),
        ),
        Stat(
            title="Requests at the edge",
            description="Requests that the gateway answers.",
            targets=(Target('service:http_requests:rate5s{service="gateway"}', "requests"),),
            unit=Unit.REQUESTS_PER_S,
            decimals=1,
        ),
        Stat(
            title="Checkout success rate",
            description="Share of checkouts at the gateway that are not answered with a server "
            "error.",
            targets=(Target("checkout:success_ratio:rate5s", "success"),),
            unit=Unit.RATIO,
            decimals=1,
            thresholds=Thresholds.bad_below(good=OBJECTIVE, warn=0.95),
        ),
    ),
)

_CUSTOMERS = Row(
    "Customer experience",
    (
        SUCCESS_BY_JOURNEY,
        TimeSeries(
            title="Latency by journey, 95th percentile",
            description="How long customers wait for an answer, timeouts included. The dots are "
            "single requests; each opens its trace.",
            targets=(
                Target(
                    quantile(0.95, "user_request_duration_seconds", "journey"),
                    "{{journey}}",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
        ),
        TimeSeries(
            title="Error budget burn rate",
            description="Multiples of the rate that the objective allows. The alert fires when "
            "all windows are above the line.",
            targets=(
                Target(f"user:error_ratio:rate5s / {BUDGET}", "5 seconds"),
                Target(f"user:error_ratio:rate30s / {BUDGET}", "30 seconds"),
                Target(f"user:error_ratio:rate2m / {BUDGET}", "2 minutes"),
            ),
            unit=Unit.BURN,
            thresholds=Thresholds.bad_above(BURN_PAGES),
        ),
    ),
)

_SERVICES = Row(
    "Golden signals by service",
    (
        Table(
            title="Services",
            description="How each service does now. A click on its name opens it.",
            targets=(
                Target("service:http_requests:rate5s"),
                Target("service:http_error_ratio:rate5s"),
                Target(quantile(0.95, "http_request_duration_seconds", "service")),
                Target("sum by (service) (http_requests_in_flight)"),
                Target("max by (service, version) (build_info)"),
            ),
            unit=Unit.NONE,
            height=9,
            columns=(
                Column("service", "Service", opens_service=True),
                Column("version", "Version"),
                Column("Value #A", "Requests", Unit.REQUESTS_PER_S),
                Column("Value #B", "Errors", Unit.RATIO, Thresholds.bad_above(0.05, warn=0.01)),
                Column(
                    "Value #C",
                    "95th percentile",
                    Unit.SECONDS,
                    Thresholds.bad_above(CHECKOUT_BOUND_S, warn=OTHERS_BOUND_S),
                ),
                Column("Value #D", "In flight", Unit.COUNT),
            ),
        ),
        TimeSeries(
            title="Traffic",
            description="Requests that each service answers.",
            targets=(Target("service:http_requests:rate5s", "{{service}}"),),
            unit=Unit.REQUESTS_PER_S,
            width=12,
            opens_service=True,
        ),
        TimeSeries(
            title="Errors",
            description="Share of each service's answers that are server errors.",
            targets=(Target("service:http_error_ratio:rate5s", "{{service}}"),),
            unit=Unit.RATIO,
            width=12,
            thresholds=Thresholds.bad_above(0.05),
            opens_service=True,
        ),
        TimeSeries(
            title="Latency, 95th percentile",
            description="From a request's arrival to the end of its answer. The dots are single "
            "requests; each opens its trace.",
            targets=(
                Target(
                    quantile(0.95, "http_request_duration_seconds", "service"),
                    "{{service}}",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
            width=12,
            opens_service=True,
        ),
        TimeSeries(
            title="Requests in flight",
            description="Requests that have arrived and have no answer yet.",
            targets=(Target("sum by (service) (http_requests_in_flight)", "{{service}}"),),
            unit=Unit.COUNT,
            width=12,
            opens_service=True,
        ),
        TimeSeries(
            title="Database connections in use",
            description="Share of each service's pool that is handed out.",
            targets=(Target("service:db_pool:utilisation", "{{service}}"),),
            unit=Unit.RATIO,
            width=12,
            at_most=1,
            thresholds=Thresholds.bad_above(0.95),
            opens_service=True,
        ),
        TimeSeries(
            title="Worker threads in use",
            description="Share of each service's worker threads that run a request.",
            targets=(Target("service:worker_slots:utilisation", "{{service}}"),),
            unit=Unit.RATIO,
            width=12,
            at_most=1,
            thresholds=UTILISATION,
            opens_service=True,
        ),
    ),
)

_PROCESSES = Row(
    "Processor and memory",
    (
        TimeSeries(
            title="Processor time by service",
            description="Of one core; all of them together may take as many as the machine has.",
            targets=(Target(rate("process_cpu_seconds_total", "service"), "{{service}}"),),
            unit=Unit.RATIO,
            width=12,
            stacked=True,
            opens_service=True,
        ),
        TimeSeries(
            title="Memory by service",
            description="Resident memory of each service's process.",
            targets=(Target("sum by (service) (process_resident_memory_bytes)", "{{service}}"),),
            unit=Unit.BYTES,
            width=12,
            opens_service=True,
        ),
        TimeSeries(
            title="Threads by service",
            description="Threads of each service's process.",
            targets=(Target("sum by (service) (process_threads)", "{{service}}"),),
            unit=Unit.COUNT,
            stepped=True,
            opens_service=True,
        ),
        TimeSeries(
            title="Open files by service",
            description="Descriptors that are open: files, connections, and sockets that listen.",
            targets=(Target("sum by (service) (process_open_fds)", "{{service}}"),),
            unit=Unit.COUNT,
            stepped=True,
            opens_service=True,
        ),
        TimeSeries(
            title="Background jobs by service",
            description="Pieces of work under way that no request waits for.",
            targets=(Target("sum by (service) (background_jobs_in_progress)", "{{service}}"),),
            unit=Unit.COUNT,
            stepped=True,
            opens_service=True,
        ),
    ),
)

_EDGE = Row(
    "The public edge",
    (
        TimeSeries(
            title="Latency by route, 95th percentile",
            description="At the gateway. The bounds of the alert are 2.5 s for a checkout and 1 s "
            "for everything else.",
            targets=(
                Target(
                    quantile(0.95, "http_request_duration_seconds", "route", 'service="gateway"'),
                    "{{route}}",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
            width=12,
            thresholds=Thresholds.bad_above(CHECKOUT_BOUND_S, warn=OTHERS_BOUND_S),
        ),
        TimeSeries(
            title="Responses by status",
            description="At the gateway, by HTTP status.",
            targets=(
                Target(rate("http_requests_total", "status", 'service="gateway"'), "{{status}}"),
            ),
            unit=Unit.REQUESTS_PER_S,
            width=12,
            stacked=True,
            colours=STATUS_COLOURS,
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="shop",
    title="Shop overview",
    description="What customers get, objectives and their burn, and the golden signals of every "
    "service.",
    rows=(_OBJECTIVES, _CUSTOMERS, _SERVICES, _PROCESSES, _EDGE),
    annotations=MARKS,
)
