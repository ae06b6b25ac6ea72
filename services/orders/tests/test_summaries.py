"""An order in a sentence or two, over HTTP."""

from __future__ import annotations

import httpx

from services import sampledata
from services.chassis.testing import FakePeer
from services.orders.tests.conftest import World

ORDER = sampledata.orders()[-1]


async def test_the_first_look_has_the_order_summarised_and_later_ones_only_read(
    client: httpx.AsyncClient, world: World, peers: dict[str, FakePeer]
) -> None:
    for _ in range(2):
        answer = await client.get(f"/orders/{ORDER.id}/summary")
        assert answer.json() == {
            "order_id": ORDER.id, "state": "done", "summary": "A fine order.", "source": "model",
        }  # fmt: skip
    assert len(peers["assistant"].seen_at("/summaries")) == 1
    assert world.summaries[ORDER.id] == [
        {"name": line.name, "quantity": line.quantity} for line in ORDER.lines
    ]


async def test_an_order_that_does_not_exist_is_not_summarised(
    client: httpx.AsyncClient, world: World
) -> None:
    assert (await client.get("/orders/999999999/summary")).status_code == 404
    assert world.summaries == {}


async def test_an_assistant_that_fails_is_a_bad_gateway(
    client: httpx.AsyncClient, world: World
) -> None:
    world.status["assistant"] = 500
    assert (await client.get(f"/orders/{ORDER.id}/summary")).status_code == 502
