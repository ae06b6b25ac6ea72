"""Who calls whom among the services, as far as it was seen."""

from __future__ import annotations

from collections.abc import Iterable

from harness.responder.calls import edges
from harness.responder.observations import Observations
from harness.responder.questions import CALLS


def edge_of(seen: Observations) -> str:
    """The service that calls and is not called, as far as was seen."""
    known = _callers(seen)
    called = {peer for _, peer in known}
    callers = [name for name in seen.services if name not in called]
    return callers[0] if callers else seen.services[0]


def reaches(seen: Observations, start: str, goal: str) -> bool:
    """Whether a request that is at `start` may come to `goal`."""
    known, reached, waiting = _callers(seen), {start}, [start]
    while waiting:
        for peer in _called_by(known, waiting.pop()) - reached:
            reached.add(peer)
            waiting.append(peer)
    return goal in reached


def _callers(seen: Observations) -> set[tuple[str, str]]:
    """Who calls whom, by the traces that were kept and by the callers' own counters."""
    counted = {
        (one.labels["service"], one.labels["peer"])
        for one in seen.series.get(CALLS, ())
        if any(value > 0 for _, value in one.points)
    }
    return edges(seen.traces) | counted


def _called_by(known: Iterable[tuple[str, str]], service: str) -> set[str]:
    return {peer for caller, peer in known if caller == service}
