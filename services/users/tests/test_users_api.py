"""users, over HTTP, on a database filled with the sample customers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from prometheus_client import Histogram

from services.chassis.metrics import DB_STATEMENTS
from services.chassis.testing import running
from services.users.app import create_app
from services.users.seed import seed


@pytest.fixture(scope="module")
def database_url(fresh_database: Callable[[str], str]) -> str:
    url = fresh_database("users")
    seed(url)
    return url


@pytest.fixture
async def client(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    async with running(create_app()) as client:
        yield client


def statements_sum(histogram: Histogram, route: str) -> float:
    return next(
        sample.value
        for metric in histogram.collect()
        for sample in metric.samples
        if sample.name.endswith("_sum") and sample.labels["route"] == route
    )


async def test_a_profile_is_answered_whole(client: httpx.AsyncClient) -> None:
    answer = await client.get("/users/1")
    assert answer.status_code == 200
    assert set(answer.json()) == {"id", "name", "email", "city", "joined_on", "tier"}
    assert answer.json()["id"] == 1


async def test_an_unknown_user_is_a_404_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/users/999999")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "there is no user 999999"


async def test_a_lookup_answers_known_users_by_id_and_leaves_out_the_others(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/users/lookup", json={"ids": [7, 3, 7, 999999]})
    assert [user["id"] for user in answer.json()["users"]] == [3, 7]


async def test_a_lookup_takes_one_statement_however_many_are_asked_for(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/users/lookup", json={"ids": [1]})
    before = statements_sum(DB_STATEMENTS, "/users/lookup")
    await client.post("/users/lookup", json={"ids": list(range(1, 101))})
    assert statements_sum(DB_STATEMENTS, "/users/lookup") - before == 1


@pytest.mark.parametrize("ids", [[], [0], list(range(1, 502)), "1"])
async def test_a_malformed_lookup_is_refused(client: httpx.AsyncClient, ids: object) -> None:
    answer = await client.post("/users/lookup", json={"ids": ids})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"].startswith("body.ids")


async def test_it_is_ready_while_its_database_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/readyz")).status_code == 200


async def test_it_is_not_ready_without_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:x@127.0.0.1:9/users")
    async with running(create_app()) as client:
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
