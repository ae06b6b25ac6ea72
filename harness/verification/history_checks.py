"""Do histories say what the databases say? Nothing dropped, nothing invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from harness.verification.api_calls import Call
from harness.verification.basket_parser import priced_line
from harness.verification.db_facts import OrderTruth
from harness.verification.figures import ratio
from harness.verification.money import as_money
from harness.verification.product_catalogue import Catalogue

LIMIT_FOR_ONE_USER = 10
LIMIT_FOR_MANY_USERS = 1
SPARE_ORDERS = 30
"""Read beyond the limit, for orders that were placed after the question."""
JUST_NOW = timedelta(seconds=1)
"""Orders this young may or may not have been seen."""
IN_FLUX = timedelta(seconds=35)
"""Orders this young may not have been priced yet when they were shown."""


@dataclass(frozen=True)
class HistoryTruth:
    """What histories must agree with."""

    catalogue: Catalogue
    newest: Mapping[int, Sequence[OrderTruth]]
    """Each user's orders, newest first; more than a history shows."""


def history_correct_ratio(calls: Sequence[Call], truth: HistoryTruth) -> float | None:
    """Share of the answered histories that are right in every user, order and line."""
    return ratio(_is_right(call, truth) for call in calls if call.outcome == "ok")


def _is_right(call: Call, truth: HistoryTruth) -> bool:
    asked = call.request.user_ids
    limit = LIMIT_FOR_ONE_USER if len(asked) == 1 else LIMIT_FOR_MANY_USERS
    try:
        users = {user["user_id"]: user for user in call.body["users"]}
        return (
            len(call.body["users"]) == len(asked)
            and set(users) == set(asked)
            and all(
                _profile_is_right(user, truth.catalogue)
                and _orders_are_right(user["orders"], truth, user_id, limit, call.asked_at)
                for user_id, user in users.items()
            )
        )
    except (TypeError, KeyError, AttributeError):
        return False  # an answer of another shape


def _profile_is_right(user: Mapping[str, Any], catalogue: Catalogue) -> bool:
    name: object = user["profile"]["name"]
    return name == catalogue.users.get(user["user_id"])


def _orders_are_right(
    answered: Sequence[Mapping[str, Any]],
    truth: HistoryTruth,
    user_id: int,
    limit: int,
    asked_at: datetime,
) -> bool:
    shown = {order["order_id"] for order in answered}
    expected = [
        order
        for order in truth.newest[user_id]
        if order.id in shown or order.placed_at < asked_at - JUST_NOW
    ][:limit]
    return len(answered) == len(expected) and all(
        _order_is_right(answer, order, truth.catalogue, asked_at)
        for answer, order in zip(answered, expected, strict=True)
    )


def _order_is_right(
    answer: Mapping[str, Any], order: OrderTruth, catalogue: Catalogue, asked_at: datetime
) -> bool:
    if answer["order_id"] != order.id:
        return False
    if not answer["lines"] and order.placed_at > asked_at - IN_FLUX:
        return True
    lines = [priced_line(line) for line in answer["lines"]]
    return (
        as_money(answer["total"]) == order.total
        and len(lines) == len(order.lines)
        and set(lines) == set(order.lines)
        and all(_offers_are_there(line, catalogue) for line in answer["lines"])
    )


def _offers_are_there(line: Mapping[str, Any], catalogue: Catalogue) -> bool:
    offered = {offer["campaign"] for offer in line["offers"]}
    return catalogue.campaigns.get(line["sku"], frozenset()) <= offered
