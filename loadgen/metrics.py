"""The load's own metrics: what customers see, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

# Else each series has a second one, which Prometheus drops.
disable_created_metrics()  # type: ignore[no-untyped-call]

Outcome = Literal["ok", "error", "timeout", "refused", "wrong"]
"""`refused` is a 4xx; `wrong` an answer that is not theirs, or not right."""
OUTCOMES: tuple[Outcome, ...] = ("ok", "error", "timeout", "refused", "wrong")
BUCKETS_S = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0, 7.5, 10.0, 12.5)


class LoadMetrics:
    """One set of metrics in a registry of its own."""

    def __init__(self, journeys: Iterable[str]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "user_requests",
            "Requests by customers and support agents, as they saw them end",
            ("journey", "outcome"),
            registry=self.registry,
        )
        self.durations = Histogram(
            "user_request_duration_seconds",
            "How long they waited, timeouts included",
            ("journey",),
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "user_requests_in_flight", "Requests without an answer yet", registry=self.registry
        )
        self.users_affected = Gauge(
            "users_affected",
            "Different people whose request failed since the start",
            registry=self.registry,
        )
        self.revenue_lost = Counter(
            "revenue_lost",
            "Value of baskets whose checkout failed, in currency units",
            registry=self.registry,
        )
        self.support_tickets = Counter(
            "support_tickets", "Tickets filed by people who lost patience", registry=self.registry
        )
        self.feed_views = Counter(
            "user_feed_views",
            "Home feeds that were shown, by how personal they were, and what the visitor did then",
            ("content", "outcome"),
            registry=self.registry,
        )
        self.departures = Counter(
            "user_departures",
            "Visitors who left at the home feed, by what they saw last, and whether they come back",
            ("content", "outcome"),
            registry=self.registry,
        )
        # Every series from the start: a rate over one that appears with its first failure
        # would miss that failure.
        for journey in journeys:
            self.durations.labels(journey)
            for outcome in OUTCOMES:
                self.requests.labels(journey, outcome)

    def prepare_content(self, content: str) -> None:
        """Every series of a kind of home feed, for the same reason."""
        for outcome in ("continued", "left"):
            self.feed_views.labels(content, outcome)
        for outcome in ("returns", "lost"):
            self.departures.labels(content, outcome)
