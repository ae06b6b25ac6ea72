"""Availability, bundles and campaigns together: three processes price one basket, to the cent."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from services import sampledata
from services.chassis.testing import fake_peer

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("a", "b", "c")
CENT = Decimal("0.01")
PRODUCTS = {product.sku: product for product in sampledata.products()}
BUNDLE = sampledata.bundles()[7]


async def availability(request: web.Request) -> web.Response:
    skus = request.query.getall("sku")
    shelf = {"available": True, "on_hand": 10_000, "warehouse": "AMS-2"}
    return web.json_response({"items": [{"sku": sku} | shelf for sku in skus]})


async def rates(_request: web.Request) -> web.Response:
    return web.json_response({"rates": [{"carrier": "PickUp", "amount": "2.90", "days": 4}]})


async def eligibility(request: web.Request) -> web.Response:
    skus = request.query.getall("sku")
    return web.json_response({"items": [{"sku": sku, "eligible": True} for sku in skus]})


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def start(name: str, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "uvicorn", f"services.{name}.app:create_app", "--factory"]
    argv += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    return subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


async def until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while process.poll() is None:
            try:
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(f"{url} ended with exit code {process.returncode}")


@pytest.fixture
async def shop(fresh_database: Callable[[str], str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client for availability, behind which the other two run."""
    outside = {
        ("GET", "/warehouse/v1/availability"): availability,
        ("GET", "/carriers/v1/rates"): rates,
        ("GET", "/partners/v1/eligibility"): eligibility,
    }
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(fake_peer(outside))
        urls = {
            name: f"http://127.0.0.1:{port}"
            for name, port in zip(NAMES, free_ports(len(NAMES)), strict=True)
        }
        shared = os.environ | {f"{name.upper()}_URL": url for name, url in urls.items()}
        shared |= {f"{name}_URL": peer.url for name in ("WAREHOUSE", "CARRIER", "PARTNERS")}
        processes = {}
        for name in NAMES:
            database_url = fresh_database(name)
            import_module(f"services.{name}.seed").seed(database_url)
            environment = shared | {"DATABASE_URL": database_url}
            process = start(name, int(urls[name].rsplit(":", 1)[1]), environment)
            stack.callback(process.wait, 10)
            stack.callback(process.terminate)
            processes[name] = process
        for name, process in processes.items():
            await until_ready(urls[name], process)
        yield await stack.enter_async_context(httpx.AsyncClient(base_url=urls["a"], timeout=15))


def half_up(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def expected_net(sku: str, quantity: int, basket: Sequence[tuple[str, int]]) -> Decimal:
    """The line's net by the rules, worked out from the sample data alone."""
    wanted, price = dict(basket), PRODUCTS[sku].net_price
    net = quantity * price
    for bundle in sampledata.bundles():
        if sku in bundle.skus and set(bundle.skus) <= set(wanted):
            sets = min(wanted[part] for part in bundle.skus)
            net -= half_up(sets * price * bundle.percent_off / 100)
    discounts = [
        half_up(net * c.value / 100) if c.kind == "percentage" else min(c.value * quantity, net)
        for c in sampledata.campaigns()
        if sku in c.skus and c.ends_on is None
    ]
    return net - max(discounts, default=Decimal(0))


async def test_a_basket_through_all_three_is_priced_to_the_cent(shop: httpx.AsyncClient) -> None:
    promoted = next(c.skus[0] for c in sampledata.campaigns() if c.kind == "fixed")
    baskets: list[list[tuple[str, int]]] = [
        [(sku, number) for number, sku in enumerate(BUNDLE.skus, start=1)],
        [(promoted, 3), ("KIT-0101", 2), ("GAR-0203", 1)],
        [(sku, 1 + number % 3) for number, sku in enumerate(list(PRODUCTS)[::9])],
    ]
    for order_id, basket in enumerate(baskets, start=1):
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in basket]
        request: dict[str, Any] = {"order_id": order_id, "lines": lines}
        reserved = (await shop.post("/reservations", json=request)).json()
        nets = [expected_net(sku, quantity, basket) for sku, quantity in basket]
        assert [line["net"] for line in reserved["lines"]] == [str(net) for net in nets]
        assert reserved["net"] == str(sum(nets))
        assert Decimal(reserved["discount"]) > 0
        assert reserved["reservation_id"] == order_id
        repeated = (await shop.post("/reservations", json=request)).json()
        priced = (await shop.post("/reservations", json=request | {"dry_run": True})).json()
        assert repeated == reserved
        assert priced == reserved | {"reservation_id": None}
