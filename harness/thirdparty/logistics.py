"""The warehouse, the carriers and the partner programme: look-ups that take a while."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from harness.thirdparty.profiles import Behaviour

WAREHOUSES = ("AMS-2", "LEJ-1", "LYN-4")
CARRIERS = (
    ("Nordpost", "standard", 490, 3),
    ("Velo", "next-day", 890, 1),
    ("PickUp", "locker", 290, 4),
)
LARGEST_REQUEST = 200
"""SKUs in one look-up."""


def logistics_app(behaviour: Behaviour) -> web.Application:
    """The three partners' APIs. The same question always gets the same answer."""

    def slowly(answer: Callable[[list[str]], dict[str, Any]]) -> _Handler:
        async def handle(request: web.Request) -> web.Response:
            skus = request.query.getall("sku", [])
            if len(skus) > LARGEST_REQUEST:
                return web.json_response({"error": f"at most {LARGEST_REQUEST} SKUs"}, status=400)
            await asyncio.sleep(behaviour.look_up_s())
            return web.json_response(answer(skus) | {"as_of": datetime.now(UTC).isoformat()})

        return handle

    app = web.Application()
    app.router.add_get("/warehouse/v1/availability", slowly(availability))
    app.router.add_get("/carriers/v1/rates", slowly(rates))
    app.router.add_get("/partners/v1/eligibility", slowly(eligibility))
    return app


_Handler = Callable[[web.Request], Awaitable[web.Response]]


def availability(skus: list[str]) -> dict[str, Any]:
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


def rates(skus: list[str]) -> dict[str, Any]:
    """What each carrier asks for a parcel with these SKUs; amounts as decimal strings."""
    handling_cents = 15 * max(len(skus) - 1, 0)
    return {
        "currency": "EUR",
        "rates": [
            {
                "carrier": carrier,
                "service": service,
                "amount": f"{(cents + handling_cents) / 100:.2f}",
                "days": days,
            }
            for carrier, service, cents, days in CARRIERS
        ],
    }


def eligibility(skus: list[str]) -> dict[str, Any]:
    """Whether partners let these SKUs take part in promotions: they do."""
    return {"eligible": True, "items": [{"sku": sku, "eligible": True} for sku in skus]}


def _digest(sku: str) -> int:
    return zlib.crc32(sku.encode())
