"""The shop's own healthy answers are remembered, and a changed price is noticed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import aiohttp
import pytest
from aiohttp import web

from harness.errors import StackFailed
from harness.verification.api_calls import Basket, Call, Line, price
from harness.verification.basket_parser import Delivery, Offer, PricedLine
from harness.verification.db_facts import OrderTruth
from harness.verification.product_catalogue import Catalogue
from harness.verification.references import References, price_baskets, reference_answers_ratio
from tests.unit.verification.conftest import Handler, Serve

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BASKET = Basket(7, (Line("A", 2), Line("B", 1)))
PRICED = frozenset({
    PricedLine("A", 2, Decimal("1.50"), Decimal("0.30")),
    PricedLine("B", 1, Decimal("4.00"), Decimal("0.00")),
})  # fmt: skip
OFFER = Offer(PRICED, Delivery("Velo", 1))
REFERENCES = References(Catalogue({}, {}, {}, {}), (BASKET,), {BASKET: OFFER}, {})
BODY = {
    "lines": [
        {"sku": "B", "quantity": 1, "net_unit_price": "4.00", "discount": "0.00"},
        {"sku": "A", "quantity": 2, "net_unit_price": "1.50", "discount": "0.30"},
    ],
    "delivery": {"carrier": "Velo", "days": 1},
}
ORDER = OrderTruth(1, 99, "paid", Decimal("8.05"), NOW, tuple(PRICED))


def asked(body: object) -> Call:
    return Call(price(BASKET), "ok", 10.0, NOW, 200, body)


def test_a_basket_that_costs_the_same_in_any_order_of_lines_is_right() -> None:
    assert reference_answers_ratio(REFERENCES, [asked(BODY)], [ORDER]) == 1.0


@pytest.mark.parametrize(
    ("old", "new"), [("1.50", "1.51"), ("0.30", "0.00"), ('"4.00"', "4.0"), ('"A"', '"C"')]
)
def test_a_changed_price_or_a_dropped_promotion_is_found(old: str, new: str) -> None:
    changed = json.loads(json.dumps(BODY).replace(old, new))
    assert reference_answers_ratio(REFERENCES, [asked(changed)], []) == 0.0


@pytest.mark.parametrize(
    "delivery",
    [
        {"carrier": "PickUp", "days": 1},
        {"carrier": "Velo", "days": 4},
        {"carrier": "Velo", "days": "1"},
        {"carrier": "Velo"},
        "Velo",
        None,
    ],
)
def test_another_delivery_than_the_healthy_shop_found_is_noticed(delivery: object) -> None:
    changed = {**BODY, "delivery": delivery}
    assert reference_answers_ratio(REFERENCES, [asked(changed), asked(BODY)], []) == 0.5
    del changed["delivery"]
    assert reference_answers_ratio(REFERENCES, [asked(changed)], []) == 0.0


def test_an_order_at_another_price_than_it_was_offered_at_is_found() -> None:
    dear = replace(ORDER, lines=(PricedLine("A", 2, Decimal("1.50"), Decimal("0.00")),
                                 PricedLine("B", 1, Decimal("4.00"), Decimal("0.00"))))  # fmt: skip
    assert reference_answers_ratio(REFERENCES, [], [ORDER, dear]) == 0.5


def test_without_an_answer_or_an_order_nothing_is_known() -> None:
    failed = Call(price(BASKET), "error", 10.0, NOW, 503)
    unpaid = replace(ORDER, status="failed", lines=())
    assert reference_answers_ratio(REFERENCES, [failed], [unpaid]) is None


async def captured(serve: Serve, handler: Handler) -> object:
    async with aiohttp.ClientSession(await serve(handler)) as session:
        return await price_baskets(session, (BASKET,))


async def test_what_the_healthy_shop_answers_is_remembered(serve: Serve) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(BODY)

    assert await captured(serve, answer) == {BASKET: OFFER}


async def test_one_failure_is_asked_again_and_a_lasting_one_is_an_error(serve: Serve) -> None:
    answers = iter([500, 200])

    async def stumble(_request: web.Request) -> web.Response:
        return web.json_response(BODY, status=next(answers))

    async def broken(_request: web.Request) -> web.Response:
        return web.json_response({}, status=500)

    assert await captured(serve, stumble) == {BASKET: OFFER}
    with pytest.raises(StackFailed):
        await captured(serve, broken)


async def test_references_are_asked_for_gently(serve: Serve) -> None:
    busy = peak = 0

    async def answer(_request: web.Request) -> web.Response:
        nonlocal busy, peak
        busy += 1
        peak = max(peak, busy)
        await asyncio.sleep(0)
        busy -= 1
        return web.json_response(BODY)

    baskets = tuple(Basket(n, (Line("A", 1),)) for n in range(12))
    async with aiohttp.ClientSession(await serve(answer)) as session:
        await price_baskets(session, baskets)
    assert peak <= 2
