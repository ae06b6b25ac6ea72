"""What several dashboards show alike: objectives, colours of outcomes, and shared panels."""

from __future__ import annotations

from grafana.source.model import Colour, Stat, Target, Thresholds, TimeSeries, Unit
from grafana.source.queries import share

OBJECTIVE = 0.995
"""Share of what customers try that is to succeed."""

BUDGET = round(1 - OBJECTIVE, 6)
BURN_PAGES = 14.4
"""The multiple of the budget at which the alert on it fires."""

CHECKOUT_BOUND_S, OTHERS_BOUND_S = 2.5, 1.0
"""The bounds of the latency alert at the public edge."""

UTILISATION = Thresholds.bad_above(0.95, warn=0.8)

OUTCOME_COLOURS = {
    r"\b(ok|paid|captured)$": Colour.GOOD,
    r"\b(error|failed)$": Colour.BAD,
    r"\btimeout$": Colour.WARN,
    r"\brejected$": Colour.REFUSED,
    r"\bdeclined$": Colour.PLAIN,
}

STATUS_COLOURS = {
    r"^2\d\d$": Colour.GOOD,
    r"^3\d\d$": Colour.PLAIN,
    r"^4\d\d$": Colour.WARN,
    r"^429$": Colour.REFUSED,
    r"^5\d\d$": Colour.BAD,
    r"^503$": Colour.BAD_TOO,
    r"^504$": Colour.BAD_AS_WELL,
}
"""Of the patterns that match a status, the last one counts."""

CUSTOMER_SUCCESS = Stat(
    title="Customer success rate",
    description="Share of all journeys of the last 30 seconds that ended well, as customers saw "
    "it. The objective is 99.5 %.",
    targets=(Target("1 - user:error_ratio:rate30s", "success"),),
    unit=Unit.RATIO,
    decimals=2,
    thresholds=Thresholds.bad_below(good=OBJECTIVE, warn=0.98),
)

USERS_AFFECTED = Stat(
    title="Users affected",
    description="Different people who had a request fail since the load began.",
    targets=(Target("sum(users_affected)", "users"),),
    unit=Unit.COUNT,
    thresholds=Thresholds.bad_above(25, warn=1),
)

REVENUE_LOST = Stat(
    title="Revenue lost",
    description="Value of the baskets whose checkout failed, since the load began.",
    targets=(Target("sum(revenue_lost_total)", "lost"),),
    unit=Unit.CURRENCY,
    thresholds=Thresholds.bad_above(1000, warn=1),
)

SUCCESS_BY_JOURNEY = TimeSeries(
    title="Success by journey",
    description="Share of each journey's requests that ended well, as customers saw it.",
    targets=(
        Target("1 - " + share("user_requests_total", 'outcome!="ok"', "journey"), "{{journey}}"),
    ),
    unit=Unit.RATIO,
    at_most=1,
)

REVENUE_LOST_A_MINUTE = TimeSeries(
    title="Revenue lost a minute",
    description="Value of the baskets whose checkout failed, in the minute before.",
    targets=(Target("sum(increase(revenue_lost_total[1m]))", "lost"),),
    unit=Unit.CURRENCY,
)
