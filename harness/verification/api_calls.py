"""One request to the gateway and what came of it."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Literal
from uuid import uuid4

import aiohttp

CLIENT_TIMEOUT_S = 12.0
"""As long as a patient customer waits."""
BODY_LIMIT_BYTES = 8_000_000
_CHUNK_BYTES = 65_536
CLIENT_NAME = f"python/gevent-http-client-{version('geventhttpclient')}"
"""What the load calls itself: a shop that knew a verification could serve it better than others."""

Outcome = Literal["ok", "error", "timeout"]


class Journey(StrEnum):
    """What customers and the support desk do."""

    CHECKOUT = "checkout"
    BASKET = "basket"
    HISTORY = "history"
    SUPPORT_DESK = "support_desk"
    TRACK = "track"
    SUMMARY = "summary"
    FEED = "feed"


@dataclass(frozen=True)
class Line:
    """So many of one product."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class Basket:
    """What one customer asks for."""

    user_id: int
    lines: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        """The body of a checkout or basket request."""
        lines = [{"sku": line.sku, "quantity": line.quantity} for line in self.lines]
        return {"user_id": self.user_id, "lines": lines}


@dataclass(frozen=True)
class Request:
    """A request that is yet to be made."""

    journey: Journey
    method: Literal["GET", "POST"]
    path: str
    basket: Basket | None = None
    user_ids: tuple[int, ...] = ()
    order_id: int | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Call:
    """A request that was made, its answer, and how long the customer waited."""

    request: Request
    outcome: Outcome
    """`ok` for any answer below 400 with a JSON body; whether it is right is another question."""
    duration_ms: float
    asked_at: datetime
    status: int | None = None
    body: Any = None
    """The JSON answer; None where there was none."""


def checkout(basket: Basket, key: str | None = None) -> Request:
    """Buy `basket`, under a new idempotency key or one that was used before."""
    # Of the form that customers' keys have. From no seed: a verification that repeated the keys of
    # an earlier one would be answered with its orders, and place none.
    key = key or str(uuid4())
    return Request(Journey.CHECKOUT, "POST", "/api/checkout", basket, idempotency_key=key)


def price(basket: Basket) -> Request:
    """Ask what `basket` would cost."""
    return Request(Journey.BASKET, "POST", "/api/basket", basket)


def history(user_ids: tuple[int, ...]) -> Request:
    """The newest orders of one customer, or of many for the support desk."""
    journey = Journey.HISTORY if len(user_ids) == 1 else Journey.SUPPORT_DESK
    query = "&".join(f"user_id={user_id}" for user_id in user_ids)
    return Request(journey, "GET", f"/api/history?{query}", user_ids=user_ids)


def track(order_id: int) -> Request:
    """Where an order stands."""
    return Request(Journey.TRACK, "GET", f"/api/track/{order_id}", order_id=order_id)


def summary(order_id: int) -> Request:
    """An order in a sentence or two."""
    return Request(Journey.SUMMARY, "GET", f"/api/summary/{order_id}", order_id=order_id)


def feed(user_id: int) -> Request:
    """The home feed of one customer."""
    return Request(Journey.FEED, "GET", f"/api/feed?user_id={user_id}", user_ids=(user_id,))


def order_id_of(call: Call) -> int | None:
    """The order that an answer names."""
    found = call.body.get("order_id") if isinstance(call.body, dict) else None
    usable = type(found) is int and 0 < found < 2**63
    return found if usable else None


def _headers(request: Request) -> Mapping[str, str]:
    headers = {
        "User-Agent": CLIENT_NAME,
        "traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
        "X-Request-ID": secrets.token_hex(16),
    }
    if request.basket is not None:
        headers["Accept"] = "application/json"
    if request.idempotency_key is not None:
        headers["Idempotency-Key"] = request.idempotency_key
    return headers


async def read_bounded(response: aiohttp.ClientResponse, bytes_max: int) -> bytes:
    """The body. Raises ValueError where it is too large to be one of the shop's."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > bytes_max:
            raise ValueError("the answer is too large")
    return bytes(body)


async def make(
    session: aiohttp.ClientSession, request: Request, *, timeout_s: float = CLIENT_TIMEOUT_S
) -> Call:
    """Make `request` within `timeout_s` and report the outcome; never raises for a bad answer."""
    asked_at = datetime.now(UTC)
    began = time.perf_counter()
    outcome: Outcome = "error"
    status: int | None = None
    body: Any = None
    try:
        async with (
            asyncio.timeout(max(timeout_s, 0.0)),
            session.request(
                request.method,
                request.path,
                json=request.basket.as_json() if request.basket else None,
                headers=_headers(request),
                skip_auto_headers={"Accept"},
            ) as response,
        ):
            status = response.status
            body = json.loads(await read_bounded(response, BODY_LIMIT_BYTES))
            outcome = "ok" if status < 400 else "error"
    except TimeoutError:
        outcome = "timeout"
    except (aiohttp.ClientError, OSError, ValueError, RecursionError):
        outcome = "error"
    duration_ms = (time.perf_counter() - began) * 1000.0
    return Call(request, outcome, duration_ms, asked_at, status, body)
