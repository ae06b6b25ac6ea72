"""A history is right only where nothing is dropped, invented or changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from harness.verification.api_calls import Call, history
from harness.verification.basket_parser import PricedLine
from harness.verification.db_facts import OrderTruth
from harness.verification.history_checks import HistoryTruth, history_correct_ratio
from harness.verification.product_catalogue import Catalogue

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LAST_YEAR = NOW - timedelta(days=300)
CATALOGUE = Catalogue(
    prices={}, bundles={}, campaigns={"KIT-1": frozenset({"WEEKS"})}, users={7: "Ada", 8: "Bo"}
)


def order(order_id: int, user_id: int, placed_at: datetime = LAST_YEAR) -> OrderTruth:
    lines = (
        PricedLine("KIT-1", 2, Decimal("3.50"), Decimal("0.70")),
        PricedLine("TAB-1", 1, Decimal("9.00"), Decimal("0.00")),
    )
    return OrderTruth(order_id, user_id, "paid", Decimal("17.60"), placed_at, lines)


TRUTH = HistoryTruth(CATALOGUE, {7: [order(n, 7) for n in range(20, 0, -1)], 8: [order(99, 8)]})


def shown(order_id: int) -> dict[str, Any]:
    offer = [{"campaign": "WEEKS", "name": "Kitchen Weeks"}]
    return {
        "order_id": order_id,
        "total": "17.60",
        "lines": [
            {"sku": "KIT-1", "quantity": 2, "net_unit_price": "3.50", "discount": "0.70",
             "offers": offer},
            {"sku": "TAB-1", "quantity": 1, "net_unit_price": "9.00", "discount": "0.00",
             "offers": []},
        ],
    }  # fmt: skip


def single() -> dict[str, Any]:
    orders = [shown(order_id) for order_id in range(20, 10, -1)]
    return {"users": [{"user_id": 7, "profile": {"name": "Ada"}, "orders": orders}]}


def many() -> dict[str, Any]:
    return {
        "users": [
            {"user_id": 7, "profile": {"name": "Ada"}, "orders": [shown(20)]},
            {"user_id": 8, "profile": {"name": "Bo"}, "orders": [shown(99)]},
        ]
    }


def verdict(body: Any, users: tuple[int, ...] = (7,), truth: HistoryTruth = TRUTH) -> float | None:
    return history_correct_ratio([Call(history(users), "ok", 10.0, NOW, 200, body)], truth)


def test_histories_that_say_what_the_database_says_are_right() -> None:
    assert verdict(single()) == 1.0
    assert verdict(many(), (7, 8)) == 1.0


DAMAGES: list[Callable[[dict[str, Any]], object]] = [
    lambda user: user["orders"].pop(),
    lambda user: user["orders"].reverse(),
    lambda user: user["orders"].clear(),
    lambda user: user["orders"].append(shown(10)),
    lambda user: user["orders"][3]["lines"].pop(),
    lambda user: user["orders"][3]["lines"].clear(),
    lambda user: user["orders"][3]["lines"].append(user["orders"][3]["lines"][0]),
    lambda user: user["orders"][3]["lines"][0].update(quantity=1),
    lambda user: user["orders"][3]["lines"][0].update(discount="0.71"),
    lambda user: user["orders"][3]["lines"][0].update(offers=[]),
    lambda user: user["orders"][3]["lines"][0].pop("offers"),
    lambda user: user["orders"][3].update(total="17.61"),
    lambda user: user["orders"][3].update(total=17.6),
    lambda user: user.update(profile=None),
    lambda user: user.update(profile={"name": "Bo"}),
    lambda user: user.update(user_id=8),
    lambda user: user.update(orders=None),
]


@pytest.mark.parametrize("damage", range(len(DAMAGES)))
def test_every_damage_to_a_history_is_found(damage: int) -> None:
    body = copy.deepcopy(single())
    DAMAGES[damage](body["users"][0])
    assert verdict(body) == 0.0


@pytest.mark.parametrize("body", [None, [], {}, {"users": None}, {"users": [3]}, "users"])
def test_an_answer_of_another_shape_is_wrong(body: Any) -> None:
    assert verdict(body) == 0.0


def test_a_user_left_out_of_a_batch_is_found() -> None:
    body = many()
    body["users"].pop()
    assert verdict(body, (7, 8)) == 0.0


def test_an_order_placed_after_the_question_may_be_missing_or_shown() -> None:
    newer = order(21, 7, NOW + timedelta(seconds=1))
    truth = HistoryTruth(CATALOGUE, {7: [newer, *TRUTH.newest[7]]})
    assert verdict(single(), truth=truth) == 1.0
    body = single()
    body["users"][0]["orders"] = [shown(21), *body["users"][0]["orders"][:9]]
    assert verdict(body, truth=truth) == 1.0


def test_an_older_order_may_not_be_missing() -> None:
    older = order(21, 7, NOW - timedelta(seconds=40))
    truth = HistoryTruth(CATALOGUE, {7: [older, *TRUTH.newest[7]]})
    assert verdict(single(), truth=truth) == 0.0


def test_only_an_order_that_is_being_placed_may_be_without_lines() -> None:
    fresh = order(21, 7, NOW - timedelta(seconds=5))
    truth = HistoryTruth(CATALOGUE, {7: [fresh, *TRUTH.newest[7]]})
    body = single()
    unpriced: dict[str, Any] = {"order_id": 21, "total": None, "lines": []}
    body["users"][0]["orders"] = [unpriced, *body["users"][0]["orders"][:9]]
    assert verdict(body, truth=truth) == 1.0
    settled = HistoryTruth(CATALOGUE, {7: [order(21, 7), *TRUTH.newest[7]]})
    assert verdict(body, truth=settled) == 0.0


def test_histories_that_were_not_answered_say_nothing() -> None:
    call = Call(history((7,)), "timeout", 12_000.0, NOW)
    assert history_correct_ratio([call], TRUTH) is None
