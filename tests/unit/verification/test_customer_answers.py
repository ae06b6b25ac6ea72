"""Customers are told what the books say: an order nobody booked was not paid, whoever says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from harness.verification.api_calls import Basket, Call, Line, Outcome, checkout
from harness.verification.basket_parser import PricedLine
from harness.verification.customer_answers import paid_answers
from harness.verification.db_facts import OrderTruth
from harness.verification.money_checks import charged_once_ratio

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BASKET = Basket(7, (Line("KIT-0101", 1), Line("TAB-0202", 2)))
TOTAL = Decimal("23.58")
ORDER = OrderTruth(
    id=1,
    user_id=7,
    status="paid",
    total=TOTAL,
    placed_at=NOW,
    lines=(
        PricedLine("TAB-0202", 2, Decimal("10.00"), Decimal("0.00")),
        PricedLine("KIT-0101", 1, Decimal("0.50"), Decimal("0.00")),
    ),
)
ANSWER = {"order_id": 1, "status": "paid", "total": "23.58", "currency": "EUR"}


def answered(body: Any, *, basket: Basket = BASKET, outcome: Outcome = "ok") -> Call:
    return Call(checkout(basket), outcome, 20.0, NOW, 201, body)


def charged_once(*orders: OrderTruth, calls: tuple[Call, ...]) -> float | None:
    return charged_once_ratio(orders, {order.id: [TOTAL] for order in orders}, paid_answers(calls))


def test_what_the_books_say_may_be_told() -> None:
    assert charged_once(ORDER, calls=(answered(ANSWER),)) == 1.0


@pytest.mark.parametrize("status", ["placed", "failed"])
def test_an_order_that_is_not_paid_may_not_be_told_as_paid(status: str) -> None:
    assert charged_once(replace(ORDER, status=status), calls=(answered(ANSWER),)) == 0.0


def test_an_order_that_nobody_booked_is_wrong_beside_those_that_are_right() -> None:
    ghost = answered({**ANSWER, "order_id": 2})
    assert charged_once(ORDER, calls=(answered(ANSWER), ghost)) == 0.5
    assert charged_once(calls=(ghost,)) == 0.0


@pytest.mark.parametrize("total", ["23.57", 23.58, None, "free"])
def test_a_total_must_be_what_is_booked(total: object) -> None:
    assert charged_once(ORDER, calls=(answered({**ANSWER, "total": total}),)) == 0.0


def test_a_booked_total_must_be_what_the_lines_come_to() -> None:
    cheap = replace(ORDER, total=Decimal("20.00"))
    assert charged_once(cheap, calls=(answered({**ANSWER, "total": "20.00"}),)) == 0.0


@pytest.mark.parametrize(
    "basket", [replace(BASKET, user_id=8), replace(BASKET, lines=BASKET.lines[:1])]
)
def test_the_order_of_another_customer_or_basket_is_not_ones_own(basket: Basket) -> None:
    assert charged_once(ORDER, calls=(answered(ANSWER, basket=basket),)) == 0.0


def test_one_order_is_not_told_to_two_checkouts() -> None:
    assert charged_once(ORDER, calls=(answered(ANSWER), answered(ANSWER))) == 0.0


@pytest.mark.parametrize(
    "call",
    [
        answered({**ANSWER, "status": "placed"}),
        answered(ANSWER, outcome="error"),
        answered(None, outcome="timeout"),
        answered([]),
    ],
)
def test_who_was_not_told_that_it_is_paid_was_promised_nothing(call: Call) -> None:
    assert paid_answers([call]) == []
    failed = replace(ORDER, status="failed")
    assert charged_once(failed, calls=(call,)) is None
    assert charged_once(ORDER, calls=(call,)) == 1.0
