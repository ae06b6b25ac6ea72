"""A new installation knows what its newest orders were."""

from __future__ import annotations

from services import sampledata
from services.assistant.seed import NEWEST, seed
from services.assistant.tests.conftest import Shop


async def test_the_newest_sample_orders_are_summarised_and_older_ones_wait_to_be_asked_for(
    shop: Shop, database_url: str
) -> None:
    seed(database_url)
    orders = sampledata.orders()
    async with shop() as client:
        newest = (await client.get(f"/summaries/{orders[-1].id}")).json()
        older = await client.get(f"/summaries/{orders[-NEWEST - 1].id}")
    assert newest["state"] == "done"
    assert orders[-1].lines[0].name in newest["summary"]
    assert older.status_code == 404
