"""Getting paid orders into the ledger, late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from services.chassis.db import Database
from services.chassis.http import PeerClient
from services.chassis.testing import FakePeer
from services.orders.invoicing import Invoicing
from services.orders.peers import Billing
from services.orders.tests.conftest import World


@pytest.fixture
def database_url(fresh_database: Callable[[str], str]) -> str:
    """Five paid orders of an hour ago, and one of just now, none of them in the ledger."""
    url = fresh_database("orders")
    with psycopg.connect(url) as connection:
        for order_id, age in ((1, 60), (2, 59), (3, 58), (4, 57), (5, 56), (6, 0)):
            connection.execute(
                "INSERT INTO orders (id, user_id, status, currency, net, tax, total, settled_at)"
                " VALUES (%s, 7, 'paid', 'EUR', 10, 1.5, 11.5, now() - %s * interval '1 minute')",
                [order_id, age],
            )
            connection.execute(
                "INSERT INTO order_lines"
                " VALUES (%s, 1, 'KIT-0101', 'Knife', 1, 10, 0, 10, 1.5, 11.5)",
                [order_id],
            )
    return url


@pytest.fixture
async def invoicing(database_url: str, peers: dict[str, FakePeer]) -> AsyncIterator[Invoicing]:
    db = Database(database_url, pool_size=2)
    client = PeerClient(
        "billing", peers["billing"].url, connect_timeout_ms=500, read_timeout_ms=500
    )
    async with db.resource(None), client.resource(None):  # type: ignore[arg-type]  # unused
        yield Invoicing(db, Billing(client))


async def test_orders_left_behind_are_posted_once_and_new_ones_are_left_alone(
    invoicing: Invoicing, world: World
) -> None:
    assert await invoicing.catch_up() == 5
    assert world.invoices == {1: 1, 2: 1, 3: 1, 4: 1, 5: 1}
    assert await invoicing.catch_up() == 0
    assert world.invoices.total() == 5


async def test_while_billing_does_not_answer_one_order_is_tried_and_none_is_lost(
    invoicing: Invoicing, world: World, peers: dict[str, FakePeer]
) -> None:
    world.status["invoices"] = 503
    assert await invoicing.catch_up() == 0
    assert len(peers["billing"].seen) == 1
    del world.status["invoices"]
    assert await invoicing.catch_up() == 5
