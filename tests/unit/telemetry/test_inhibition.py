"""What follows from what fires, by the one table of both pagers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harness.model import Alert
from harness.telemetry.alerts import fingerprint
from harness.telemetry.inhibition import inhibit_rules, inhibitors


def alert(name: str, team: str = "storefront", **labels: str) -> Alert:
    known = {"alertname": name, "team": team, **labels}
    begun = datetime(2030, 1, 1, tzinfo=UTC)
    return Alert(fingerprint(known), name, "critical", name, begun, labels=known)


@pytest.mark.parametrize(
    ("source", "target", "follows"),
    [
        (alert("CheckoutStalled"), alert("HighErrorRate"), True),
        (alert("CheckoutStalled"), alert("ErrorBudgetBurn"), True),
        (alert("CheckoutStalled"), alert("HighLatency", route="/api/checkout"), True),
        (alert("CheckoutStalled"), alert("HighLatency", route="/api/history"), False),
        (alert("CheckoutStalled"), alert("HighLatency"), False),
        (alert("CheckoutStalled"), alert("HighErrorRate", team="payments"), False),
        (alert("HighErrorRate"), alert("CheckoutStalled"), False),
        (alert("HighErrorRate"), alert("HighErrorRate", route="/"), False),
    ],
)
def test_an_alert_follows_from_another_of_its_team_by_the_table(
    source: Alert, target: Alert, follows: bool
) -> None:
    assert inhibitors(target, (target, source)) == ([source] if follows else [])
    assert inhibitors(target, (target,)) == []


def test_alertmanager_is_given_the_same_table() -> None:
    assert {
        "source_matchers": ['alertname="CheckoutStalled"'],
        "target_matchers": ['alertname="HighLatency"', 'route="/api/checkout"'],
        "equal": ["team"],
    } in inhibit_rules()
