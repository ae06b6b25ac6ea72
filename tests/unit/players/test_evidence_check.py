"""Evidence is found where it is, and not where it is not."""

from __future__ import annotations

import re
from typing import Any

from harness.players.evidence_check import _passes, _repeats


def trace(*calls: tuple[str, str | None, str, str]) -> dict[str, Any]:
    """A Jaeger trace of (span, parent, service, operation)."""
    return {
        "spans": [
            {
                "spanID": span,
                "operationName": operation,
                "processID": service,
                "references": [{"refType": "CHILD_OF", "spanID": parent}] if parent else [],
            }
            for span, parent, service, operation in calls
        ],
        "processes": {service: {"serviceName": service} for _, _, service, _ in calls},
    }


ROUND = trace(
    ("1", None, "a", "POST /reservations"),
    ("2", "1", "a", "POST b"),
    ("3", "2", "b", "POST /baskets"),
    ("4", "3", "c", "POST /promotions"),
    ("5", "4", "a", "GET /stock"),
)
STRAIGHT = trace(("1", None, "a", "x"), ("2", "1", "b", "y"), ("3", "2", "c", "z"))


def test_a_request_that_comes_round_to_where_it_began_is_found() -> None:
    assert _passes(ROUND, ["a", "b", "c", "a"])


def test_a_straight_chain_is_not_a_round_one() -> None:
    assert not _passes(STRAIGHT, ["a", "b", "c", "a"])
    assert _passes(STRAIGHT, ["b", "c"])


def test_a_chain_must_follow_the_calls_not_the_order_of_spans() -> None:
    side_by_side = trace(("1", None, "a", "x"), ("2", "1", "b", "y"), ("3", "1", "c", "z"))
    assert not _passes(side_by_side, ["a", "b", "c"])


def test_many_like_children_of_one_span_are_a_repetition() -> None:
    children = [(str(i), "1", "orders", "SELECT orders") for i in range(2, 52)]
    many = trace(("1", None, "orders", "GET /orders"), *children)
    assert _repeats(many, 50, re.compile("^SELECT"))
    assert not _repeats(many, 51, re.compile("^SELECT"))
    assert not _repeats(many, 50, re.compile("^INSERT"))


def test_like_spans_under_different_parents_are_none() -> None:
    spread = [(str(i), str(i % 30 + 100), "orders", "SELECT orders") for i in range(2, 52)]
    assert not _repeats(trace(*spread), 50, re.compile("^SELECT"))
