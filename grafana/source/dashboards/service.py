"""One service: what it is asked, how it answers, what it runs out of, and whom it waits for."""

from __future__ import annotations

from grafana.source.dashboards.common import STATUS_COLOURS
from grafana.source.dashboards.service_limits import OUTBOUND, PROCESS, SATURATION
from grafana.source.model import (
    Colour,
    Column,
    Dashboard,
    Row,
    Stat,
    Table,
    Target,
    Thresholds,
    TimeSeries,
    Unit,
    Variable,
)
from grafana.source.queries import MARKS, OF_SERVICE, quantile, rate, share

_UP = {0: ("down", Colour.BAD), 1: ("up", Colour.GOOD)}

_NOW = Row(
    "$service now",
    (
        Stat(
            title="Version",
            description="The release that answers.",
            targets=(
                Target(f"max by (version, commit) (build_info{{{OF_SERVICE}}})", "{{version}}"),
            ),
            unit=Unit.NONE,
            shows_name=True,
        ),
        Stat(
            title="Answers",
            description="Whether it answered the last look at its metrics.",
            targets=(Target(f'max(up{{job="shop",{OF_SERVICE}}})', "up"),),
            unit=Unit.NONE,
            thresholds=Thresholds.bad_below(good=1, warn=1),
            value_names=_UP,
        ),
        Stat(
            title="Rate",
            description="Requests that it answers.",
            targets=(Target(f"service:http_requests:rate5s{{{OF_SERVICE}}}", "rate"),),
            unit=Unit.REQUESTS_PER_S,
            decimals=1,
        ),
        Stat(
            title="Errors",
            description="Share of its answers that are server errors.",
            targets=(Target(f"service:http_error_ratio:rate5s{{{OF_SERVICE}}}", "errors"),),
            unit=Unit.RATIO,
            decimals=1,
            thresholds=Thresholds.bad_above(0.05, warn=0.01),
        ),
        Stat(
            title="95th percentile",
            description="One request in twenty takes longer than this.",
            targets=(
                Target(quantile(0.95, "http_request_duration_seconds", "", OF_SERVICE), "p95"),
            ),
            unit=Unit.SECONDS,
            thresholds=Thresholds.bad_above(2.5, warn=1),
        ),
        Stat(
            title="In flight",
            description="Requests that have arrived and have no answer yet.",
            targets=(Target(f"sum(http_requests_in_flight{{{OF_SERVICE}}})", "in flight"),),
            unit=Unit.COUNT,
        ),
    ),
)

_REQUESTS = Row(
    "Rate, errors, duration (RED)",
    (
        TimeSeries(
            title="Rate by route",
            description="Requests that it answers, by route.",
            targets=(
                Target(
                    rate("http_requests_total", "method, route", OF_SERVICE), "{{method}} {{route}}"
                ),
            ),
            unit=Unit.REQUESTS_PER_S,
        ),
        TimeSeries(
            title="Errors by route",
            description="Share of each route's answers that are server errors.",
            targets=(
                Target(
                    share("http_requests_total", 'status=~"5.."', "route", OF_SERVICE), "{{route}}"
                ),
            ),
            unit=Unit.RATIO,
            thresholds=Thresholds.bad_above(0.05),
        ),
        TimeSeries(
            title="Responses by status",
            description="Requests by the HTTP status that they were answered with.",
            targets=(Target(rate("http_requests_total", "status", OF_SERVICE), "{{status}}"),),
            unit=Unit.REQUESTS_PER_S,
            stacked=True,
            colours=STATUS_COLOURS,
        ),
        TimeSeries(
            title="Duration",
            description="From a request's arrival to the end of its answer, over all routes. The "
            "dots are single requests; each opens its trace.",
            targets=(
                Target(
                    quantile(0.5, "http_request_duration_seconds", "", OF_SERVICE),
                    "p50",
                    exemplars=True,
                ),
                Target(quantile(0.95, "http_request_duration_seconds", "", OF_SERVICE), "p95"),
                Target(quantile(0.99, "http_request_duration_seconds", "", OF_SERVICE), "p99"),
            ),
            unit=Unit.SECONDS,
            width=12,
        ),
        TimeSeries(
            title="Latency by route, 95th percentile",
            description="One request in twenty of each route takes longer than this.",
            targets=(
                Target(
                    quantile(0.95, "http_request_duration_seconds", "route", OF_SERVICE),
                    "{{route}}",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
            width=12,
        ),
    ),
)

_VERSIONS = Row(
    "Versions",
    (
        TimeSeries(
            title="Running version",
            description="One line for each release, for as long as it answered.",
            targets=(Target(f"max by (version) (build_info{{{OF_SERVICE}}})", "{{version}}"),),
            unit=Unit.NONE,
            width=12,
            stepped=True,
        ),
        Table(
            title="Releases in this time range",
            description="When each release was first and last seen to answer.",
            targets=(
                Target(
                    "1000 * min by (version, commit) (min_over_time("
                    f"timestamp(build_info{{{OF_SERVICE}}})[$__range:5s]))"
                ),
                Target(
                    "1000 * max by (version, commit) (max_over_time("
                    f"timestamp(build_info{{{OF_SERVICE}}})[$__range:5s]))"
                ),
            ),
            unit=Unit.NONE,
            width=12,
            columns=(
                Column("version", "Version"),
                Column("commit", "Commit"),
                Column("Value #A", "First seen", Unit.MOMENT_MS),
                Column("Value #B", "Last seen", Unit.MOMENT_MS),
            ),
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="service",
    title="Service",
    description="One service: rate, errors, duration, what it runs out of, whom it calls, and "
    "which release it is.",
    rows=(_NOW, _REQUESTS, SATURATION, PROCESS, OUTBOUND, _VERSIONS),
    annotations=MARKS,
    variables=(
        Variable("service", "Service", "label_values(build_info, service)", default="gateway"),
    ),
)
