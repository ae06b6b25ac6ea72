"""campaigns, over HTTP, on a database filled with the sample campaigns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from aiohttp import web
from prometheus_client import Histogram

from services import sampledata
from services.c.app import create_app
from services.c.seed import seed
from services.chassis.metrics import DB_STATEMENTS
from services.chassis.testing import FakePeer, fake_peer, running

GARDEN = "GAR-0203"
"""Pruning shears: on sale by "Green Fingers", which a partner pays for."""
KITCHEN = "KIT-0101"
"""A paring knife: on sale by "Kitchen Weeks", which the shop itself pays for."""


@pytest.fixture(scope="module")
def database_url(fresh_database: Callable[[str], str]) -> str:
    url = fresh_database("c")
    seed(url)
    return url


class Programme:
    """A partner programme whose answer the tests decide."""

    def __init__(self) -> None:
        self.eligible = True

    async def answer(self, request: web.Request) -> web.Response:
        skus = request.query.getall("sku")
        items = [{"sku": sku, "eligible": self.eligible} for sku in skus]
        return web.json_response({"eligible": self.eligible, "items": items})


@pytest.fixture
def programme() -> Programme:
    return Programme()


@pytest.fixture
async def partners(programme: Programme) -> AsyncIterator[FakePeer]:
    async with fake_peer({("GET", "/partners/v1/eligibility"): programme.answer}) as peer:
        yield peer


@pytest.fixture
async def client(
    database_url: str, partners: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PARTNERS_URL", partners.url)
    async with running(create_app()) as client:
        yield client


def line(sku: str, price: str = "20.00", quantity: int = 1) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, "net_unit_price": price, "discount": "0.00"}


def statements_sum(histogram: Histogram, route: str) -> float:
    return next(
        sample.value
        for metric in histogram.collect()
        for sample in metric.samples
        if sample.name.endswith("_sum") and sample.labels["route"] == route
    )


async def test_a_running_campaign_is_taken_off_the_line(client: httpx.AsyncClient) -> None:
    answer = await client.post("/promotions", json={"lines": [line(KITCHEN, "19.99", 2)]})
    assert answer.status_code == 200
    assert answer.json() == {
        "lines": [{"sku": KITCHEN, "discount": "4.00", "campaign": "KITCHEN-WEEKS"}]
    }


async def test_a_campaign_that_a_partner_pays_for_is_off_where_the_partner_says_no(
    client: httpx.AsyncClient, programme: Programme
) -> None:
    basket = {"lines": [line(GARDEN, "20.00")]}
    agreed = (await client.post("/promotions", json=basket)).json()["lines"][0]
    programme.eligible = False
    refused = (await client.post("/promotions", json=basket)).json()["lines"][0]
    assert agreed == {"sku": GARDEN, "discount": "2.50", "campaign": "GREEN-FINGERS"}
    assert refused["campaign"] != "GREEN-FINGERS"


async def test_partners_are_asked_once_for_the_whole_basket(
    client: httpx.AsyncClient, partners: FakePeer
) -> None:
    await client.post("/promotions", json={"lines": [line(GARDEN), line(KITCHEN)]})
    (asked,) = partners.seen
    assert asked.query == (("sku", GARDEN), ("sku", KITCHEN))


async def test_a_campaign_that_is_over_is_not_on_offer(client: httpx.AsyncClient) -> None:
    over = next(c for c in sampledata.campaigns() if c.ends_on is not None)
    answer = await client.post("/offers", json={"skus": list(over.skus)})
    offers = answer.json()["offers"].get(over.skus[0], [])
    assert over.code not in {offer["campaign"] for offer in offers}


async def test_offers_name_what_runs_on_each_product(
    client: httpx.AsyncClient, partners: FakePeer
) -> None:
    running_now = next(c for c in sampledata.campaigns() if c.code == "PICK-001")
    sku = running_now.skus[0]
    answer = await client.post("/offers", json={"skus": [sku, "no-such-product"]})
    offers = answer.json()["offers"]
    assert set(offers) == {sku}
    (offer,) = [found for found in offers[sku] if found["campaign"] == "PICK-001"]
    assert (offer["kind"], Decimal(offer["value"])) == (running_now.kind, running_now.value)
    assert partners.seen == []


async def test_an_offer_that_a_partner_pays_for_is_shown_only_while_the_partner_does(
    client: httpx.AsyncClient, programme: Programme, partners: FakePeer
) -> None:
    async def shown() -> set[str]:
        answer = await client.post("/offers", json={"skus": [GARDEN, KITCHEN]})
        return {offer["campaign"] for found in answer.json()["offers"].values() for offer in found}

    assert {"GREEN-FINGERS", "KITCHEN-WEEKS"} <= await shown()
    programme.eligible = False
    assert "KITCHEN-WEEKS" in await shown()
    assert "GREEN-FINGERS" not in await shown()
    assert {asked.query for asked in partners.seen} == {(("sku", GARDEN),)}


@pytest.mark.parametrize("count", [1, 400])
async def test_offers_take_one_statement_however_many_products(
    client: httpx.AsyncClient, count: int
) -> None:
    skus = [product.sku for product in sampledata.products()[:count]]
    await client.post("/offers", json={"skus": skus})
    before = statements_sum(DB_STATEMENTS, "/offers")
    await client.post("/offers", json={"skus": skus})
    assert statements_sum(DB_STATEMENTS, "/offers") - before == 1


@pytest.mark.parametrize(
    "broken",
    [{"lines": []}, {"lines": [line("")]}, {"lines": [line(KITCHEN, "-1")]}, {}],
)
async def test_a_malformed_basket_is_refused(
    client: httpx.AsyncClient, broken: dict[str, Any]
) -> None:
    assert (await client.post("/promotions", json=broken)).status_code == 422


async def test_silent_partners_are_a_bad_gateway(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("PARTNERS_URL", "http://127.0.0.1:9")
    async with running(create_app()) as stranded:
        answer = await stranded.post("/promotions", json={"lines": [line(KITCHEN)]})
    assert answer.status_code == 502
    assert answer.headers["content-type"] == "application/problem+json"
