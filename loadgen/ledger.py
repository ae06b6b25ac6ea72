"""Books the end of every request: metrics, harm done, and the state that is printed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from loadgen.engagement import CHANCES, Content, Visitors
from loadgen.impact import Impact
from loadgen.journeys import JOURNEYS
from loadgen.metrics import OUTCOMES, LoadMetrics, Outcome
from loadgen.visit import Visit


class Ledger:
    """Everything that is counted, in one place; not for use by several OS threads."""

    def __init__(self) -> None:
        self.metrics = LoadMetrics(journey.name for journey in JOURNEYS)
        self._impact = Impact()
        # The same draws in every load: what differs is what the shop showed.
        self._visitors = Visitors(random.Random(0))  # noqa: S311 - a model, not a secret
        for content in CHANCES:
            self.metrics.prepare_content(content)
        self._outcomes: dict[str, Counter[str]] = {
            journey.name: Counter(dict.fromkeys(OUTCOMES, 0)) for journey in JOURNEYS
        }
        self._in_flight = 0
        self._started_s = time.monotonic()

    def began(self) -> None:
        """A request sets out."""
        self._in_flight += 1
        self.metrics.in_flight.set(self._in_flight)

    def ended(
        self,
        visit: Visit,
        journey: str,
        outcome: Outcome,
        took_s: float,
        trace_id: str | None,
        shown: Content | None = None,
    ) -> None:
        """It ended; `trace_id` where the shop was asked to keep its trace, `shown` where it was a
        home feed."""
        self._in_flight -= 1
        metrics = self.metrics
        metrics.in_flight.set(self._in_flight)
        self._outcomes[journey][outcome] += 1
        exemplar = {"trace_id": trace_id} if trace_id else None
        metrics.requests.labels(journey, outcome).inc(exemplar=exemplar)
        metrics.durations.labels(journey).observe(took_s, exemplar)
        if shown is not None:
            self._engage(shown)
        if outcome == "ok":
            self._impact.answered(visit.who, journey)
            return
        harm = self._impact.failed(visit.who, journey, visit.at_stake, time.monotonic())
        metrics.users_affected.set(self._impact.affected)
        metrics.revenue_lost.inc(harm.lost)
        if harm.ticket:
            metrics.support_tickets.inc()

    def _engage(self, shown: Content) -> None:
        """Let the visitor react to the home feed."""
        reaction = self._visitors.react(shown)
        self.metrics.feed_views.labels(shown, "continued" if reaction.continues else "left").inc()
        if reaction.returns is not None:
            self.metrics.departures.labels(shown, "returns" if reaction.returns else "lost").inc()

    def learnt(self, journey: str, answer: Mapping[str, Any]) -> None:
        """Something was taken from an answer. Nothing to book."""

    def state(self) -> Mapping[str, Any]:
        """Totals since the start, ready for JSON."""
        return {
            "elapsed_s": round(time.monotonic() - self._started_s, 1),
            "in_flight": self._in_flight,
            "users_affected": self._impact.affected,
            "revenue_lost": round(self._impact.lost, 2),
            "support_tickets": self._impact.tickets,
            "journeys": {name: dict(counts) for name, counts in self._outcomes.items()},
        }
