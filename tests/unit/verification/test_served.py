"""An answer counts that holds what was asked for; one that only looks like it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from harness.verification.api_calls import (
    Basket,
    Call,
    Line,
    Outcome,
    Request,
    checkout,
    feed,
    history,
    price,
    track,
)
from harness.verification.product_catalogue import Catalogue
from harness.verification.references import References
from harness.verification.served import served

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BASKET = Basket(1, (Line("SKU-1", 1),))
SOLD = {f"SKU-{number}": Decimal(1) for number in range(13)}
REFERENCES = References(
    Catalogue(SOLD, {}, {}, {1: "Ada"}),
    (BASKET,),
    {},
    paid_totals={5: Decimal("23.58"), 6: Decimal("1.15")},
)
PRICED = {"lines": [{"sku": "A", "quantity": 1, "net_unit_price": "1.00", "discount": "0.00"}]}
TRACKED = {
    "order_id": 5,
    "user_id": 1,
    "status": "paid",
    "total": "23.58",
    "currency": "EUR",
    "lines": [],
    "payment": {"state": "captured", "captured_at": "2026-11-20T03:00:00Z"},
}
TWELVE = [{"sku": f"SKU-{number}"} for number in range(12)]


def answered(request: Request, body: Any, outcome: Outcome = "ok") -> bool:
    return served(Call(request, outcome, 10.0, NOW, 200, body), REFERENCES)


@pytest.mark.parametrize(
    ("request_", "body", "expected"),
    [
        (checkout(BASKET), {"order_id": 1, "status": "paid"}, True),
        (checkout(BASKET), {"order_id": 1, "status": "placed"}, False),
        (checkout(BASKET), {"status": "paid"}, False),
        (checkout(BASKET), {"order_id": True, "status": "paid"}, False),
        (checkout(BASKET), None, False),
        (price(BASKET), PRICED, True),
        (price(BASKET), {"lines": []}, False),
        (price(BASKET), {"lines": [{"sku": "A"}]}, False),
        (history((1,)), {"users": []}, True),
        (history((1,)), "users", False),
    ],
)
def test_an_answer_must_hold_what_was_asked_for(
    request_: Request, body: Any, expected: bool
) -> None:
    assert answered(request_, body) is expected


def test_tracking_shows_the_order_that_was_asked_for() -> None:
    assert answered(track(5), TRACKED)
    assert not answered(track(5), TRACKED, "error")
    assert not answered(track(6), TRACKED)


@pytest.mark.parametrize(
    "difference",
    [
        {"order_id": None},
        {"status": "unknown"},
        {"status": "placed"},
        {"total": "23.57"},
        {"total": 23.58},
        {"total": None},
        {"payment": None},
        {"payment": {"state": "none", "captured_at": None}},
        {"payment": {"state": "unknown"}},
    ],
)
def test_tracking_says_of_a_paid_order_that_it_is_paid(difference: dict[str, Any]) -> None:
    assert not answered(track(5), {**TRACKED, **difference})


@pytest.mark.parametrize("body", [{}, {"order_id": 5}, [], None, "paid"])
def test_a_stub_is_no_tracking(body: Any) -> None:
    assert not answered(track(5), body)


@pytest.mark.parametrize("mode", ["personalised", "cached", "default"])
def test_a_full_page_of_what_is_sold_is_a_feed(mode: str) -> None:
    assert answered(feed(1), {"mode": mode, "items": TWELVE})
    assert answered(feed(1), {"mode": mode, "items": [*TWELVE, {"sku": "SKU-12"}]})


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "busy", "items": TWELVE},
        {"mode": "cached", "items": TWELVE[:11]},
        {"mode": "cached", "items": TWELVE[:1] * 12},
        {"mode": "cached", "items": [*TWELVE, TWELVE[0]]},
        {"mode": "cached", "items": [*TWELVE, {"sku": "SOLD-OUT"}]},
        {"mode": "cached", "items": [{"sku": f"MADE-UP-{number}"} for number in range(12)]},
        {"mode": "cached", "items": [*TWELVE, {"sku": ["SKU-12"]}]},
        {"mode": "cached", "items": [*TWELVE, "SKU-12"]},
        {"mode": "cached", "items": 12},
        {"mode": ["cached"], "items": TWELVE},
        {"mode": "cached"},
        [],
    ],
)
def test_a_page_that_is_short_or_repeats_or_makes_up_products_is_no_feed(body: Any) -> None:
    assert not answered(feed(1), body)
