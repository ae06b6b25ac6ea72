"""Drill: the page to have open on the wall. Alerts and what they cost; symptoms only."""

from __future__ import annotations

from grafana.source.dashboards.common import (
    CUSTOMER_SUCCESS,
    REVENUE_LOST,
    REVENUE_LOST_A_MINUTE,
    SUCCESS_BY_JOURNEY,
    USERS_AFFECTED,
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
from grafana.source.queries import MARKS

_FIRING = 'ALERTS{alertstate="firing"}'
_SINCE = f"min(ALERTS_FOR_STATE and ignoring (alertstate) {_FIRING})"
_NO_ALERT = "no alert fires"

_NOW = Row(
    "Now",
    (
        Stat(
            title="Alerts firing",
            description="Different alerts that fire at this moment.",
            targets=(Target(f"count(count by (alertname) ({_FIRING})) or vector(0)", "firing"),),
            unit=Unit.COUNT,
            thresholds=Thresholds.bad_above(1),
        ),
        Stat(
            title="Time open",
            description="Time since the oldest alert that still fires began to hold.",
            targets=(Target(f"time() - {_SINCE}", "open", empty_while=_NO_ALERT),),
            unit=Unit.SECONDS,
            decimals=0,
            thresholds=Thresholds.bad_above(0),
        ),
        CUSTOMER_SUCCESS,
        USERS_AFFECTED,
        REVENUE_LOST,
        Stat(
            title="Support tickets",
            description="Tickets filed by people who lost patience, since the load began.",
            targets=(Target("sum(support_tickets_total)", "tickets"),),
            unit=Unit.COUNT,
            thresholds=Thresholds.bad_above(5, warn=1),
        ),
    ),
)

_ALERTS = Row(
    "Alerts",
    (
        Table(
            title="Firing alerts",
            description="Each alert with the service that shows it, and since when. An alert "
            "names what hurts, not why.",
            targets=(
                Target(
                    "1000 * min by (alertname, severity, team, service) (ALERTS_FOR_STATE"
                    f" and ignoring (alertstate) {_FIRING})",
                    empty_while=_NO_ALERT,
                ),
            ),
            unit=Unit.NONE,
            width=12,
            columns=(
                Column("alertname", "Alert"),
                Column("severity", "Severity"),
                Column("service", "Shown by", opens_service=True),
                Column("team", "Team"),
                Column("Value", "Since", Unit.MOMENT_MS),
            ),
        ),
        TimeSeries(
            title="Alerts over time",
            description="When each alert fired, and for how many services or routes.",
            targets=(
                Target(f"count by (alertname) ({_FIRING})", "{{alertname}}", empty_while=_NO_ALERT),
            ),
            unit=Unit.COUNT,
            width=12,
            stacked=True,
            stepped=True,
        ),
    ),
)

_HARM = Row(
    "Impact",
    (
        SUCCESS_BY_JOURNEY,
        TimeSeries(
            title="Users affected over time",
            description="Different people who had a request fail since the load began.",
            targets=(Target("sum(users_affected)", "users"),),
            unit=Unit.COUNT,
        ),
        REVENUE_LOST_A_MINUTE,
    ),
)

DASHBOARD = Dashboard(
    uid="drill",
    title="Drill",
    description="What fires, whom it hurts and what it costs. For everybody in the room.",
    rows=(_NOW, _ALERTS, _HARM),
    annotations=MARKS,
)
