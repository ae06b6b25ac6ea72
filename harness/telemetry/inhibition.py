"""Which alerts tell nothing new while others fire: one table, for Alertmanager and for the pager
that stands in for it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from harness.model import Alert
from harness.telemetry.silences import Matcher, match_all, parse_matcher

INHIBITED = (
    ("CheckoutStalled", ('alertname=~"HighErrorRate|ErrorBudgetBurn"',)),
    # That checkouts are slow follows; that anything else is, does not.
    ("CheckoutStalled", ('alertname="HighLatency"', 'route="/api/checkout"')),
    ("HighErrorRate", ('alertname="ErrorBudgetBurn"',)),
    ("LedgerOutOfBalance", ('alertname="ReconciliationStale"',)),
)
"""While the first fires, alerts of its team that match tell nothing new, and nobody is called for
them."""
EQUAL = ("team",)
"""Labels in which both agree."""


def inhibit_rules() -> list[dict[str, object]]:
    """The table as Alertmanager's configuration has it."""
    return [
        {
            "source_matchers": [f'alertname="{source}"'],
            "target_matchers": list(targets),
            "equal": list(EQUAL),
        }
        for source, targets in INHIBITED
    ]


def inhibitors(alert: Alert, firing: Iterable[Alert]) -> list[Alert]:
    """Of what fires, that which `alert` follows from."""
    sources = {source for source, targets in _parsed() if match_all(targets, alert.labels)}
    return [
        one
        for one in firing
        if one.name in sources
        and all(one.labels.get(name, "") == alert.labels.get(name, "") for name in EQUAL)
    ]


@cache
def _parsed() -> tuple[tuple[str, tuple[Matcher, ...]], ...]:
    return tuple(
        (source, tuple(parse_matcher(one) for one in targets)) for source, targets in INHIBITED
    )
