"""A worker's side of the ledger: what ended, kept until the master books it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from loadgen.engagement import Content
from loadgen.ledger import Ledger
from loadgen.metrics import Outcome
from loadgen.visit import Visit

LEARNT = ("order_id", "total")
"""What journeys take from answers."""


class Ended(NamedTuple):
    """The end of one request, as it crosses the wire."""

    who: str
    at_stake: float
    journey: str
    outcome: Outcome
    took_s: float
    trace_id: str | None
    shown: Content | None


class Reports(Ledger):
    """Books nothing itself: harm to people can only be told where all of it is known."""

    def __init__(self) -> None:
        super().__init__()
        self._began = 0
        self._ended: list[Ended] = []
        self._learnt: list[tuple[str, dict[str, Any]]] = []

    def began(self) -> None:
        self._began += 1

    def ended(
        self,
        visit: Visit,
        journey: str,
        outcome: Outcome,
        took_s: float,
        trace_id: str | None,
        shown: Content | None = None,
    ) -> None:
        self._ended.append(
            Ended(visit.who, visit.at_stake, journey, outcome, took_s, trace_id, shown)
        )

    def learnt(self, journey: str, answer: Mapping[str, Any]) -> None:
        known = {name: answer[name] for name in LEARNT if name in answer}
        if known:
            self._learnt.append((journey, known))

    def take(self) -> dict[str, Any]:
        """All that was not taken before, as plain data."""
        taken = {"began": self._began, "ended": self._ended, "learnt": self._learnt}
        self._began, self._ended, self._learnt = 0, [], []
        return taken


def book(ledger: Ledger, report: Mapping[str, Any]) -> None:
    """Book a worker's report."""
    for _ in range(report["began"]):
        ledger.began()
    for fields in report["ended"]:
        one = Ended(*fields)
        visit = Visit(one.who, "", "", at_stake=one.at_stake)
        ledger.ended(visit, one.journey, one.outcome, one.took_s, one.trace_id, one.shown)
