"""What the oracle reads of the shop's databases is bounded in bytes, while it comes."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from harness.verification import database_access
from harness.verification.database_access import NotKnowable, ShopDatabases
from services.chassis.testing_postgres import running_postgres

pytestmark = pytest.mark.timeout(120)

LARGE = "select repeat('x', 200000000) as text"
MANY = "select repeat('x', 1000000) from generate_series(1, 200)"
GROWTH_MAX_KB = 64 * 1024


@pytest.fixture(scope="module")
def databases() -> Iterator[ShopDatabases]:
    with running_postgres() as server:
        yield ShopDatabases({"orders": server.url("postgres")})


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes its time for the statements, which is not what is tried here."""
    monkeypatch.setattr(database_access, "QUERY_TIMEOUT_S", 60)


def grown_since(before_kb: int) -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb


async def test_what_is_within_bounds_is_read(databases: ShopDatabases) -> None:
    rows = await databases.fetch(
        "orders", "select $1::int + n as n from generate_series(1, 3) n", 4
    )
    assert [row["n"] for row in rows] == [5, 6, 7]


@pytest.mark.parametrize("query", [LARGE, MANY])
async def test_what_is_too_large_is_not_read_to_its_end(
    databases: ShopDatabases, query: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(NotKnowable, match="orders sends more than 16777216 bytes"):
        await databases.fetch("orders", query)
    assert grown_since(before) < GROWTH_MAX_KB


async def test_a_mistake_in_a_query_is_told_as_the_server_words_it(
    databases: ShopDatabases,
) -> None:
    with pytest.raises(NotKnowable, match='relation "nothing" does not exist'):
        await databases.fetch("orders", "select * from nothing")


async def test_without_the_bound_it_would_be_read(
    databases: ShopDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control, last: the most memory that was ever used is what is measured."""
    monkeypatch.setattr(database_access, "BYTES_MAX", 10**9)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (row,) = await databases.fetch("orders", LARGE)
    assert len(row["text"]) == 200_000_000
    assert grown_since(before) > GROWTH_MAX_KB
