"""What the shop stands on: third parties, databases, and its services for each other."""

from __future__ import annotations

from grafana.source.dashboards.common import OUTCOME_COLOURS, UTILISATION
from grafana.source.model import Dashboard, Row, Target, Thresholds, TimeSeries, Unit
from grafana.source.queries import MARKS, mean, our_services, quantile, rate, share, third_parties

_OTHERS, _OURS = third_parties(), our_services()

_THIRD_PARTIES = Row(
    "Third parties",
    (
        TimeSeries(
            title="Calls by third party",
            description="Calls to the payment and model providers, warehouse, carriers, partners.",
            targets=(Target(rate("outbound_requests_total", "peer", _OTHERS), "{{peer}}"),),
            unit=Unit.REQUESTS_PER_S,
        ),
        TimeSeries(
            title="Error rate of calls",
            description="Calls that ended in an error, a timeout, or were not made because the "
            "breaker was open.",
            targets=(
                Target(
                    share("outbound_requests_total", 'outcome!="ok"', "peer", _OTHERS), "{{peer}}"
                ),
            ),
            unit=Unit.RATIO,
        ),
        TimeSeries(
            title="Latency of calls to third parties, 95th percentile",
            description="As our services see it, with connecting, whatever the outcome. The dots "
            "are single calls; each opens its trace.",
            targets=(
                Target(
                    quantile(0.95, "outbound_request_duration_seconds", "peer", _OTHERS),
                    "{{peer}}",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
        ),
        TimeSeries(
            title="Calls to the payment provider by outcome",
            description="What became of the calls that carry charges.",
            targets=(
                Target(
                    rate("outbound_requests_total", "outcome", 'peer="payment-provider"'),
                    "{{outcome}}",
                ),
            ),
            unit=Unit.REQUESTS_PER_S,
            stacked=True,
            colours=OUTCOME_COLOURS,
        ),
        TimeSeries(
            title="Latency of calls to the payment provider",
            description="With connecting, whatever the outcome.",
            targets=tuple(
                Target(
                    quantile(q, "outbound_request_duration_seconds", "", 'peer="payment-provider"'),
                    f"p{q * 100:g}",
                    exemplars=q == 0.5,
                )
                for q in (0.5, 0.95, 0.99)
            ),
            unit=Unit.SECONDS,
        ),
        TimeSeries(
            title="Retries to third parties",
            description="Calls that repeat an earlier one.",
            targets=(Target(rate("outbound_retries_total", "peer", _OTHERS), "{{peer}}"),),
            unit=Unit.PER_S,
        ),
    ),
)

_DATABASES = Row(
    "Databases",
    (
        TimeSeries(
            title="Pool in use",
            description="Share of each service's database connections that is handed out.",
            targets=(Target("service:db_pool:utilisation", "{{service}}"),),
            unit=Unit.RATIO,
            at_most=1,
            thresholds=UTILISATION,
            opens_service=True,
        ),
        TimeSeries(
            title="Pool wait time, 95th percentile",
            description="How long requests wait for a database connection.",
            targets=(
                Target(
                    quantile(0.95, "db_pool_wait_seconds", "service"), "{{service}}", exemplars=True
                ),
            ),
            unit=Unit.SECONDS,
            opens_service=True,
        ),
        TimeSeries(
            title="Pool timeouts",
            description="Requests that got no database connection in time.",
            targets=(Target(rate("db_pool_timeouts_total", "service"), "{{service}}"),),
            unit=Unit.PER_S,
            opens_service=True,
        ),
        TimeSeries(
            title="Connection checkouts",
            description="How many connections each service holds at this moment.",
            targets=(Target("sum by (service) (db_pool_in_use)", "{{service}}"),),
            unit=Unit.COUNT,
            stepped=True,
            opens_service=True,
        ),
        TimeSeries(
            title="Statements",
            description="SQL statements of requests, by service.",
            targets=(Target(rate("db_statements_per_request_sum", "service"), "{{service}}"),),
            unit=Unit.PER_S,
            opens_service=True,
        ),
        TimeSeries(
            title="Statements per request by service",
            description="SQL statements that a request takes, on average.",
            targets=(Target(mean("db_statements_per_request", "service"), "{{service}}"),),
            unit=Unit.COUNT,
            opens_service=True,
        ),
    ),
)

_EACH_OTHER = Row(
    "Between our services",
    (
        TimeSeries(
            title="Latency of calls, 95th percentile",
            description="As the caller sees it, for each pair of services. The dots are single "
            "calls; each opens its trace.",
            targets=(
                Target(
                    quantile(0.95, "outbound_request_duration_seconds", "service, peer"),
                    "{{service}} → {{peer}}",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
            width=12,
            height=10,
            opens_service=True,
        ),
        TimeSeries(
            title="Error rate of calls, by pair",
            description="Calls that ended in an error, a timeout, or were not made because the "
            "breaker was open.",
            targets=(
                Target(
                    share("outbound_requests_total", 'outcome!="ok"', "service, peer"),
                    "{{service}} → {{peer}}",
                ),
            ),
            unit=Unit.RATIO,
            width=12,
            height=10,
            thresholds=Thresholds.bad_above(0.05),
            opens_service=True,
        ),
        TimeSeries(
            title="Retries, by pair",
            description="Calls that repeat an earlier one, for each pair of services.",
            targets=(
                Target(
                    rate("outbound_retries_total", "service, peer", _OURS), "{{service}} → {{peer}}"
                ),
            ),
            unit=Unit.PER_S,
            width=24,
            opens_service=True,
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="dependencies",
    title="Dependencies",
    description="Third parties, databases, and what services wait for each other.",
    rows=(_THIRD_PARTIES, _DATABASES, _EACH_OTHER),
    annotations=MARKS,
)
