"""Getting paid orders into the ledger, late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import NoReturn

import asyncpg
import httpx
import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from services.chassis.db import Database
from services.chassis.http import PeerClient
from services.chassis.pool import NoConnection
from services.chassis.testing import FakePeer, running, until
from services.orders import invoicing as invoicing_module
from services.orders import store
from services.orders.app import create_app
from services.orders.invoicing import Invoicing
from services.orders.peers import Billing
from services.orders.tests.conftest import World
from services.orders.tests.test_placement import BASKET, new_key, orders_total, status_of

DATABASE_TROUBLE = [
    NoConnection(10, 10),
    OperationalError("UPDATE orders", {}, Exception("server closed the connection")),
    ConnectionRefusedError("connection refused"),
    # What is said while connecting passes SQLAlchemy as it is.
    asyncpg.CannotConnectNowError("the database system is starting up"),
]


def failing(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object) -> NoReturn:
        raise error

    return fail


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


@pytest.mark.parametrize("trouble", DATABASE_TROUBLE, ids=lambda trouble: type(trouble).__name__)
async def test_a_paid_order_stands_where_the_database_does_not_note_its_invoice(
    client: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    paid, failed = orders_total("paid"), orders_total("failed")
    monkeypatch.setattr(store, "set_invoiced", failing(trouble))
    answer = await client.post("/orders", json=BASKET, headers=new_key())
    assert (answer.status_code, answer.json()["status"]) == (201, "paid")
    assert (orders_total("paid") - paid, orders_total("failed") - failed) == (1, 0)
    assert await status_of(client, answer.json()["order_id"]) == "paid"
    assert len(world.charges) == 1


async def test_an_invoice_that_was_not_noted_is_posted_again_and_noted(
    invoicing: Invoicing, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as trouble:
        trouble.setattr(store, "set_invoiced", failing(NoConnection(2, 2)))
        assert await invoicing.catch_up() == 0
    assert world.invoices == {1: 1}
    assert await invoicing.catch_up() == 5
    assert world.invoices == {1: 2, 2: 1, 3: 1, 4: 1, 5: 1}, "to billing, a repeat changes nothing"


async def test_catching_up_survives_a_database_that_is_starting(
    database_url: str,
    peers: dict[str, FakePeer],
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setattr(invoicing_module, "CATCH_UP_EVERY_S", 0.02)
    asked = []
    read = store.orders_to_invoice

    async def trouble_twice(*args: object) -> object:
        asked.append(args)
        if len(asked) <= 2:
            raise DATABASE_TROUBLE[-1]
        return await read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "orders_to_invoice", trouble_twice)

    async def caught_up() -> bool:
        return world.invoices.total() == 5

    async with running(create_app()):
        await until(caught_up)
    assert len(asked) >= 3
