"""Feature flags: switched by operations, heeded at once, and kept."""

from __future__ import annotations

import tomllib
from pathlib import Path

import httpx
import psycopg
import pytest

from services.chassis.testing import FakePeer
from services.feed.tests.conftest import TOKEN, Shop

AS_OPERATIONS = {"Authorization": f"Bearer {TOKEN}"}
TOPOLOGY = Path(__file__).resolve().parents[2] / "topology.toml"
ALL_ON = {"ranking": True, "recommendations": True, "analytics": True}


async def switch(client: httpx.AsyncClient, name: str, *, enabled: bool) -> None:
    answer = await client.put(f"/flags/{name}", json={"enabled": enabled}, headers=AS_OPERATIONS)
    assert answer.status_code == 200
    assert answer.json()["flags"][name] is enabled


async def mode(client: httpx.AsyncClient, user_id: int = 7) -> str:
    return str((await client.get("/feed", params={"user_id": user_id})).json()["mode"])


def impressions(url: str) -> int:
    with psycopg.connect(url) as connection:
        (count,) = connection.execute("SELECT count(*) FROM impressions").fetchone() or (0,)
    return int(count)


async def test_all_flags_are_on_until_they_are_switched(shop: Shop) -> None:
    async with shop() as client:
        assert (await client.get("/flags")).json() == {"flags": ALL_ON}


def test_the_topology_lists_the_flags_for_operations() -> None:
    rows = tomllib.loads(TOPOLOGY.read_text())["service"]
    [listed] = [row["flags"] for row in rows if row["name"] == "feed"]
    assert set(listed) == set(ALL_ON)


async def test_ranking_off_spares_the_assistant(shop: Shop, peers: FakePeer) -> None:
    async with shop() as client:
        assert await mode(client) == "personalised"
        await switch(client, "ranking", enabled=False)
        asked = len(peers.seen_at("/rankings"))
        assert await mode(client) == "cached"
        assert len(peers.seen_at("/rankings")) == asked
        await switch(client, "ranking", enabled=True)
        assert await mode(client) == "personalised"


async def test_recommendations_off_is_the_default_for_everybody(shop: Shop) -> None:
    async with shop() as client:
        assert await mode(client) == "personalised"
        await switch(client, "recommendations", enabled=False)
        assert await mode(client) == "default"


async def test_analytics_off_stores_no_impressions(shop: Shop, database_url: str) -> None:
    async with shop() as client:
        await mode(client)
        assert impressions(database_url) == 1
        await switch(client, "analytics", enabled=False)
        await mode(client)
    assert impressions(database_url) == 1


async def test_a_switched_flag_outlives_the_process(shop: Shop) -> None:
    async with shop() as client:
        await switch(client, "ranking", enabled=False)
        await switch(client, "analytics", enabled=False)
        await switch(client, "analytics", enabled=True)
    async with shop() as client:
        assert (await client.get("/flags")).json() == {"flags": ALL_ON | {"ranking": False}}
        assert await mode(client) == "default"


async def test_a_flag_that_the_code_does_not_know_any_more_is_ignored(
    shop: Shop, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO flags (name, enabled) VALUES ('retired', false)")
    async with shop() as client:
        assert (await client.get("/flags")).json() == {"flags": ALL_ON}


async def test_an_unknown_flag_is_a_404(shop: Shop) -> None:
    async with shop() as client:
        answer = await client.put("/flags/x", json={"enabled": True}, headers=AS_OPERATIONS)
    assert (answer.status_code, answer.json()["title"]) == (404, "No such flag")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guess"}])
async def test_without_the_token_nothing_is_switched(shop: Shop, headers: dict[str, str]) -> None:
    async with shop() as client:
        answer = await client.put("/flags/ranking", json={"enabled": False}, headers=headers)
        assert answer.status_code == 403
        assert (await client.get("/flags")).json() == {"flags": ALL_ON}
