"""What traces tell: who waits for whom, in circles or again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.responder.observations import Span, Trace

REPEATS_MIN = 15
"""So many calls of one kind for one piece of work are a loop."""


@dataclass(frozen=True)
class Cycle:
    """A request that came back to a service which was still waiting for it."""

    path: tuple[str, ...]
    """The services in the order of the calls; the last is the one that comes up twice."""
    trace_id: str

    @property
    def closed_by(self) -> str:
        """The service that made the call which closed the circle."""
        return self.path[-2]


@dataclass(frozen=True)
class Repetition:
    """One piece of work that asked for the same thing over and over."""

    service: str
    operation: str
    count: int
    trace_id: str


@dataclass(frozen=True)
class Blame:
    """How many failed requests failed first in one service, and one of them."""

    service: str
    count: int
    trace_id: str


def cycles(traces: Iterable[Trace]) -> list[Cycle]:
    """Each circle once, by the services in it."""
    found: dict[tuple[str, ...], Cycle] = {}
    for trace in traces:
        for chain in _chains(trace):
            path = _services(chain)
            last = path[-1]
            if last in path[:-1]:
                start = len(path) - 2 - path[:-1][::-1].index(last)
                circle = path[start:]
                found.setdefault(circle, Cycle(circle, trace.id))
    return list(found.values())


def repetitions(traces: Iterable[Trace]) -> list[Repetition]:
    """The worst loop of each service and operation, most calls first."""
    worst: dict[tuple[str, str], Repetition] = {}
    for trace in traces:
        counted = Counter((span.parent, span.service, span.operation) for span in trace.spans)
        for (_, service, operation), count in counted.items():
            known = worst.get((service, operation))
            if count >= REPEATS_MIN and (known is None or count > known.count):
                worst[service, operation] = Repetition(service, operation, count, trace.id)
    return sorted(worst.values(), key=lambda one: -one.count)


def blamed(traces: Iterable[Trace]) -> list[Blame]:
    """Where failures begin: services with a failed span none of whose own calls failed."""
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for trace in traces:
        failed = {span.id: span for span in trace.spans if span.failed}
        above = {span.parent for span in failed.values()}
        for service in {span.service for id_, span in failed.items() if id_ not in above}:
            counts[service] += 1
            examples.setdefault(service, trace.id)
    return [Blame(service, count, examples[service]) for service, count in counts.most_common()]


def edges(traces: Iterable[Trace]) -> set[tuple[str, str]]:
    """Who calls whom, as far as it was seen."""
    found = set()
    for trace in traces:
        by_id = {span.id: span for span in trace.spans}
        for span in trace.spans:
            above = by_id.get(span.parent)
            if above is not None and above.service != span.service:
                found.add((above.service, span.service))
    return found


def _chains(trace: Trace) -> Iterator[list[Span]]:
    """For each span, the spans from the root down to it."""
    by_id = {span.id: span for span in trace.spans}
    for span in trace.spans:
        chain = [span]
        while (above := by_id.get(chain[-1].parent)) is not None and len(chain) <= len(by_id):
            chain.append(above)
        yield chain[::-1]


def _services(chain: Iterable[Span]) -> tuple[str, ...]:
    """The services along a chain, each once for as long as it goes on."""
    names: list[str] = []
    for span in chain:
        if not names or names[-1] != span.service:
            names.append(span.service)
    return tuple(names)
