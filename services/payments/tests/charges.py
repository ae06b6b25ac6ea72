"""Requests for charges, as orders sends them."""

from __future__ import annotations

import itertools
from typing import Any

import httpx

order_ids = itertools.count(1)


def charge_body(**changes: Any) -> dict[str, Any]:
    """A good request for an order of its own, changed by `changes`."""
    body = {"order_id": next(order_ids), "user_id": 7, "amount": "19.99", "currency": "EUR"}
    return {**body, **changes}


async def post_charge(
    client: httpx.AsyncClient, body: dict[str, Any], key: str | None = None
) -> httpx.Response:
    """Ask for a charge; the key is one per order unless given."""
    headers = {"Idempotency-Key": key or f"order-{body['order_id']}"}
    return await client.post("/charges", json=body, headers=headers)
