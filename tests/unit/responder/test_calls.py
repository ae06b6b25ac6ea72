"""Circles, loops and first failures in traces."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.responder.calls import REPEATS_MIN, blamed, cycles, edges, repetitions
from harness.responder.observations import Span, Trace, read
from harness.responder.symptoms import Kind, symptoms
from tests.unit.responder.conftest import Recorded


def span(id_: str, parent: str, service: str, *, failed: bool = False) -> Span:
    return Span(id_, parent, service, f"call of {service}", "server", 1.0, failed)


def chain(*services: str, failed: str = "") -> Trace:
    """A request that goes from service to service; those at the places in `failed` fail."""
    spans = [
        span(str(at), str(at - 1) if at else "", name, failed=str(at) in failed)
        for at, name in enumerate(services)
    ]
    return Trace("t1", tuple(spans))


def test_a_service_that_comes_up_twice_closes_a_circle() -> None:
    (found,) = cycles([chain("edge", "a", "b", "c", "a")])
    assert found.path == ("a", "b", "c", "a")
    assert found.closed_by == "c"


def test_spans_of_one_service_in_a_row_are_no_circle() -> None:
    assert cycles([chain("edge", "a", "a", "b", "b")]) == []


def test_what_is_asked_over_and_over_is_a_loop() -> None:
    root = span("0", "", "gateway")
    calls = [span(f"x{n}", "0", "orders") for n in range(REPEATS_MIN)]
    (found,) = repetitions([Trace("t1", (root, *calls))])
    assert (found.service, found.count) == ("orders", REPEATS_MIN)
    assert repetitions([Trace("t1", (root, *calls[1:]))]) == []


def test_the_deepest_failed_span_is_to_blame() -> None:
    (found,) = blamed([chain("edge", "orders", "payments", failed="012")])
    assert (found.service, found.count) == ("payments", 1)


@pytest.mark.parametrize(
    ("many", "beside", "telling"),
    [(12, 3, ["payments"]), (8, 3, ["payments", "billing"]), (0, 2, []), (0, 3, ["billing"])],
)
def test_a_few_failures_by_themselves_or_beside_many_are_no_symptom(
    recorded: Recorded, many: int, beside: int, telling: list[str]
) -> None:
    """Negative controls: a quarter of all is one, and so are three."""
    failed = [chain("edge", "payments", failed="01")] * many
    failed += [chain("edge", "billing", failed="01")] * beside
    seen = replace(read(recorded("calm")), traces=tuple(failed))
    found = [one.service for one in symptoms(seen) if one.kind is Kind.FAILS_FIRST]
    assert found == telling


def test_a_broken_chain_tells_what_is_left_of_it() -> None:
    trace = chain("edge", "a", "b")
    assert edges([Trace("t1", trace.spans[1:])]) == {("a", "b")}


def test_spans_that_are_each_others_parents_do_not_hang_it() -> None:
    assert cycles([Trace("t1", (span("1", "2", "a"), span("2", "1", "b")))])
