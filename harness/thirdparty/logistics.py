"""The warehouse, the carriers and the partner programme: look-ups that take a while."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from harness.thirdparty.profiles import Behaviour

WAREHOUSES = ("AMS-2", "LEJ-1", "LYN-4")
LARGEST_REQUEST = 200
"""SKUs in one look-up."""
WEIGHT_MAX_G = 10**9
GRAMS_PER_KG = 1000


@dataclass(frozen=True)
class Tariff:
    """What a carrier asks for a parcel: so much, more for each begun kilogram, and more for each
    article beyond the first. In cents."""

    carrier: str
    service: str
    days: int
    base_cents: int
    kg_cents: int
    article_cents: int

    def cents(self, articles: int, weight_g: int) -> int:
        begun_kg = max(1, -(-weight_g // GRAMS_PER_KG))
        more = self.article_cents * max(articles - 1, 0)
        return self.base_cents + self.kg_cents * begun_kg + more


# Lockers are for what is light and flat rates for what is heavy, so it takes asking to know who is
# cheapest. Only the bases have other digits than 0 in the last place: no two are ever equal.
CARRIERS = (
    Tariff("Nordpost", "standard", 3, 490, 50, 20),
    Tariff("Velo", "next-day", 1, 895, 0, 10),
    Tariff("PickUp", "locker", 4, 299, 110, 30),
)


def logistics_app(behaviour: Behaviour) -> web.Application:
    """The three partners' APIs. The same question always gets the same answer."""

    def slowly(answer: Callable[[list[str], int], dict[str, Any]]) -> _Handler:
        async def handle(request: web.Request) -> web.Response:
            skus = request.query.getall("sku", [])
            if len(skus) > LARGEST_REQUEST:
                return web.json_response({"error": f"at most {LARGEST_REQUEST} SKUs"}, status=400)
            weight_g = _whole(request.query.get("weight_g", "0"))
            if weight_g is None:
                return web.json_response({"error": "weight_g: whole grams"}, status=400)
            await asyncio.sleep(behaviour.look_up_s())
            return web.json_response(
                answer(skus, weight_g) | {"as_of": datetime.now(UTC).isoformat()}
            )

        return handle

    app = web.Application()
    app.router.add_get("/warehouse/v1/availability", slowly(availability))
    app.router.add_get("/carriers/v1/rates", slowly(rates))
    app.router.add_get("/partners/v1/eligibility", slowly(eligibility))
    return app


_Handler = Callable[[web.Request], Awaitable[web.Response]]


def availability(skus: list[str], _weight_g: int = 0) -> dict[str, Any]:
    """Where each SKU lies, and how many of it; never too few for an order."""
    return {
        "items": [
            {
                "sku": sku,
                "available": True,
                "on_hand": 500 + _digest(sku) % 4500,
                "warehouse": WAREHOUSES[_digest(sku) % len(WAREHOUSES)],
            }
            for sku in skus
        ]
    }


def rates(skus: list[str], weight_g: int) -> dict[str, Any]:
    """What each carrier asks for a parcel with these SKUs of `weight_g` grams; amounts as decimal
    strings."""
    return {
        "currency": "EUR",
        "rates": [
            {
                "carrier": tariff.carrier,
                "service": tariff.service,
                "amount": f"{Decimal(tariff.cents(len(skus), weight_g)) / 100:.2f}",
                "days": tariff.days,
            }
            for tariff in CARRIERS
        ],
    }


def eligibility(skus: list[str], _weight_g: int = 0) -> dict[str, Any]:
    """Whether partners let these SKUs take part in promotions: they do."""
    return {"eligible": True, "items": [{"sku": sku, "eligible": True} for sku in skus]}


def _whole(text: str) -> int | None:
    """A weight in grams; None where it is none."""
    try:
        weight_g = int(text)
    except ValueError:
        return None
    return weight_g if 0 <= weight_g <= WEIGHT_MAX_G else None


def _digest(sku: str) -> int:
    return zlib.crc32(sku.encode())
