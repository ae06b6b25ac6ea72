"""bundles, over HTTP, on a database filled with the sample catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from aiohttp import web
from prometheus_client import Histogram

from services import sampledata
from services.b.app import create_app
from services.b.seed import seed
from services.chassis.metrics import DB_STATEMENTS
from services.chassis.testing import FakePeer, fake_peer, running

PRODUCTS = {product.sku: product for product in sampledata.products()}


@pytest.fixture(scope="module")
def database_url(fresh_database: Callable[[str], str]) -> str:
    url = fresh_database("b")
    seed(url)
    return url


@pytest.fixture
async def carrier() -> AsyncIterator[FakePeer]:
    async def rates(_request: web.Request) -> web.Response:
        offers = [("Nordpost", "10.90", 3), ("PickUp", "2.90", 4)]
        return web.json_response(
            {"rates": [{"carrier": c, "amount": a, "days": d} for c, a, d in offers]}
        )

    async with fake_peer({("GET", "/carriers/v1/rates"): rates}) as peer:
        yield peer


@pytest.fixture
async def campaigns() -> AsyncIterator[FakePeer]:
    async def promotions(request: web.Request) -> web.Response:
        lines = (await request.json())["lines"]
        found = [{"sku": one["sku"], "discount": "0.10", "campaign": "TEN"} for one in lines]
        return web.json_response({"lines": found})

    async with fake_peer({("POST", "/promotions"): promotions}) as peer:
        yield peer


@pytest.fixture
async def client(
    database_url: str, carrier: FakePeer, campaigns: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CARRIER_URL", carrier.url)
    monkeypatch.setenv("C_URL", campaigns.url)
    async with running(create_app()) as client:
        yield client


def basket(*wanted: tuple[str, int]) -> dict[str, Any]:
    return {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in wanted]}


def statements_sum(histogram: Histogram, route: str) -> float:
    return next(
        sample.value
        for metric in histogram.collect()
        for sample in metric.samples
        if sample.name.endswith("_sum") and sample.labels["route"] == route
    )


async def test_a_basket_is_priced_line_by_line(client: httpx.AsyncClient) -> None:
    knife = PRODUCTS["KIT-0101"]
    priced = (await client.post("/baskets", json=basket((knife.sku, 2)))).json()
    net = 2 * knife.net_price - Decimal("0.10")
    assert priced == {
        "lines": [
            {
                "sku": knife.sku,
                "name": knife.name,
                "quantity": 2,
                "net_unit_price": str(knife.net_price),
                "discount": "0.10",
                "net": str(net),
                "bundle": None,
                "campaign": "TEN",
            }
        ],
        "net": str(net),
        "discount": "0.10",
        "currency": "EUR",
        "delivery": {"carrier": "PickUp", "days": 4},
    }


async def test_a_complete_bundle_comes_off_before_promotions(
    client: httpx.AsyncClient, campaigns: FakePeer
) -> None:
    bundle = sampledata.bundles()[0]
    priced = (await client.post("/baskets", json=basket(*((s, 1) for s in bundle.skus)))).json()
    (asked,) = campaigns.seen_at("/promotions")
    for line, sent in zip(priced["lines"], asked.body["lines"], strict=True):
        assert line["bundle"] == bundle.code
        assert Decimal(line["discount"]) == Decimal(sent["discount"]) + Decimal("0.10")
        assert Decimal(sent["discount"]) > 0


@pytest.mark.parametrize("count", [1, 50])
async def test_pricing_takes_one_statement_however_many_products(
    client: httpx.AsyncClient, count: int
) -> None:
    wanted = basket(*((sku, 1) for sku in list(PRODUCTS)[:count]))
    await client.post("/baskets", json=wanted)
    before = statements_sum(DB_STATEMENTS, "/baskets")
    answer = await client.post("/baskets", json=wanted)
    assert len(answer.json()["lines"]) == count
    assert statements_sum(DB_STATEMENTS, "/baskets") - before == 1


async def test_an_unknown_product_is_named(client: httpx.AsyncClient, campaigns: FakePeer) -> None:
    answer = await client.post("/baskets", json=basket(("no-such-sku", 1)))
    assert (answer.status_code, answer.json()["title"]) == (422, "Unknown product")
    assert "no-such-sku" in answer.json()["detail"]
    assert campaigns.seen == []


@pytest.mark.parametrize(
    "broken",
    [basket(), basket(("KIT-0101", 0)), basket(("KIT-0101", 1), ("KIT-0101", 2)), {}],
)
async def test_a_malformed_basket_is_refused(
    client: httpx.AsyncClient, broken: dict[str, Any]
) -> None:
    assert (await client.post("/baskets", json=broken)).status_code == 422
