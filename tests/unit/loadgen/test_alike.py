"""Nobody can tell a verification's requests from customers' by how they look."""

from __future__ import annotations

from uuid import UUID

import aiohttp
import pytest

from harness.verification.api_calls import Basket, Line, checkout, history, make, price, track
from harness.waiting import wait_until

pytestmark = pytest.mark.live

OF_EACH_REQUEST = {"Host", "Content-Length", "traceparent", "X-Request-ID", "Idempotency-Key"}
"""Headers whose values differ from one request to the next."""
BASKET = Basket(7, (Line("SKU-1", 1),))


def kind(arrival):
    return arrival.path.split("/")[2]


def look(arrival):
    """What a request's headers are, and what they say where all say the same."""
    fixed = {name: arrival.headers[name] for name in set(arrival.headers) - OF_EACH_REQUEST}
    return frozenset(arrival.headers), tuple(sorted(fixed.items()))


def looks(arrivals):
    return {kind(arrival): look(arrival) for arrival in arrivals}


async def of_customers(gateway, start_load):
    """Arrivals of the real load, of each kind that a verification sends too."""
    wanted = {"checkout", "basket", "track", "history"}
    load = await start_load()

    async def enough():
        return wanted <= {kind(arrival) for arrival in gateway.arrivals}

    await wait_until(enough, timeout_s=20, what="all kinds of requests")
    load.process.kill()
    await load.process.wait()
    return [arrival for arrival in gateway.arrivals if kind(arrival) in wanted]


async def of_a_verification(gateway):
    gateway.arrivals.clear()
    url = f"http://127.0.0.1:{gateway.port}"
    async with aiohttp.ClientSession(url) as client:
        for request in (checkout(BASKET), price(BASKET), track(5), history((7,))):
            await make(client, request)
    return list(gateway.arrivals)


def keys(arrivals):
    return [a.headers["Idempotency-Key"] for a in arrivals if kind(a) == "checkout"]


async def test_a_verification_looks_like_the_load(gateway, start_load):
    customers = await of_customers(gateway, start_load)
    ours = await of_a_verification(gateway)
    assert looks(ours) == looks(customers)
    for key in (*keys(customers), *keys(ours)):
        assert str(UUID(key)) == key
        assert UUID(key).version == 4


async def test_another_client_would_show(gateway):
    ours = await of_a_verification(gateway)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{gateway.port}") as client:
        await client.get("/api/track/5")
    assert look(gateway.arrivals[-1]) != looks(ours)["track"]


def test_two_checkouts_never_share_a_key():
    assert len({checkout(BASKET).idempotency_key for _ in range(100)}) == 100
