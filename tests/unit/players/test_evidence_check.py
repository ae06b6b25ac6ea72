"""Evidence is found where it is, and not where it is not."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from harness.catalog.clues import PathClue
from harness.catalog.reader import Catalog
from harness.model import ClueKind, EvidenceClue
from harness.paths import REPO
from harness.players.evidence_check import _passes, _repeats, find_evidence


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


def passes(shown: dict[str, Any], *services: str, **asked: Any) -> bool:
    return _passes(shown, PathClue(services, **asked))


def test_a_request_that_comes_round_to_where_it_began_is_found() -> None:
    assert passes(ROUND, "a", "b", "c", "a")


def test_a_straight_chain_is_not_a_round_one() -> None:
    assert not passes(STRAIGHT, "a", "b", "c", "a")
    assert passes(STRAIGHT, "b", "c")


def test_a_chain_must_follow_the_calls_not_the_order_of_spans() -> None:
    side_by_side = trace(("1", None, "a", "x"), ("2", "1", "b", "y"), ("3", "1", "c", "z"))
    assert not passes(side_by_side, "a", "b", "c")


def test_what_is_asked_of_the_last_span_must_be_so_of_that_one() -> None:
    shown = trace(("1", None, "a", "x"), ("2", "1", "b", "y"))
    first, last = shown["spans"]
    last |= {"duration": 1_200_000, "tags": [{"key": "error", "value": True}]}
    assert passes(shown, "a", "b", has_failed=True, over_ms=1100)
    assert not passes(shown, "a", "b", over_ms=1300)
    assert not passes(shown, "a", over_ms=1100)
    assert not passes(shown, "a", has_failed=True)
    first |= {"duration": 1_200_000}
    assert passes(shown, "a", over_ms=1100)


def test_many_like_children_of_one_span_are_a_repetition() -> None:
    children = [(str(i), "1", "orders", "SELECT orders") for i in range(2, 52)]
    many = trace(("1", None, "orders", "GET /orders"), *children)
    assert _repeats(many, 50, re.compile("^SELECT"))
    assert not _repeats(many, 51, re.compile("^SELECT"))
    assert not _repeats(many, 50, re.compile("^INSERT"))


def test_like_spans_under_different_parents_are_none() -> None:
    spread = [(str(i), str(i % 30 + 100), "orders", "SELECT orders") for i in range(2, 52)]
    assert not _repeats(trace(*spread), 50, re.compile("^SELECT"))


class Shop:
    """What participants of a drill on `n-plus-one` can see."""

    async def query(self, expression: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(value=1.0 if expression == "up" else 0.0)]

    async def logs(self, *, service: str, limit: int) -> list[dict[str, str]]:
        return [{"event": "request failed", "peer": "a"}] if service == "users" and limit else []

    async def traces(self, *, service: str, limit: int) -> list[dict[str, Any]]:
        return [ROUND] if service in ("a", "orders") and limit else []

    def diff(self, *_release: str) -> str:
        return "-slots = 1\n+slots = 2\n"


@pytest.mark.parametrize(
    ("kind", "there", "not_there"),
    [
        (ClueKind.METRIC, "up", "down"),
        (ClueKind.LOG, "users: request (failed|lost)", "orders: request failed"),
        (ClueKind.LOG, "users: failed where peer=a", "users: failed where peer=b"),
        (ClueKind.TRACE, "path a > b > c > a", "path a > c"),
        (ClueKind.TRACE, "path a > b", "path a > b failed"),
        (ClueKind.TRACE, "path a > b over 0 ms", "path a > b over 10 ms"),
        (ClueKind.TRACE, "repeat 1 ^POST b$", "repeat 2 ^POST b$"),
        (ClueKind.COMMIT, "slots = 2", "slots = 1"),
    ],
)
async def test_evidence_of_each_kind_is_found_where_it_is(
    kind: ClueKind, there: str, not_there: str
) -> None:
    shop, fault = Shop(), Catalog(REPO).fault("n-plus-one")
    services = SimpleNamespace(prometheus=shop, recorder=shop, workspace=shop)
    session: Any = SimpleNamespace(services=services)
    assert await find_evidence(session, fault, EvidenceClue(kind, there, "x"))
    assert not await find_evidence(session, fault, EvidenceClue(kind, not_there, "x"))
