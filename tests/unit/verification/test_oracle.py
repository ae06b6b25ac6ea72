"""A run gives values for everything, in time, whatever state the shop is in."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from harness.errors import StackFailed
from harness.measures import DEFAULT_OBJECTIVES, MEASURE_NAMES
from harness.verification import oracle as oracle_module
from harness.verification.access import Booked, ShopAccess
from harness.verification.api_calls import Basket, Line
from harness.verification.database_access import ShopDatabases
from harness.verification.objectives import judge
from harness.verification.oracle import Oracle
from harness.verification.product_catalogue import Catalogue
from harness.verification.references import References
from harness.verification.stress_plan import StressPlan
from tests.unit.verification.conftest import Serve

PLAN = StressPlan(0.4, 20, 10, 10, 5, 10, 10, reference_baskets=1)
REFERENCES = References(
    Catalogue({"A": Decimal(1)}, {}, {}, {1: "Ada", 2: "Bo"}),
    (Basket(1, (Line("A", 1),)),),
    {},
    {1: Decimal("1.15"), 2: Decimal("2.30")},
)
DATABASES = ("users", "orders", "payments", "billing", "a", "b", "c")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never comes is not waited for as long as in earnest."""
    monkeypatch.setattr(oracle_module, "RECONCILED_S", 0.2)


class NoBooks:
    """A provider that cannot be asked."""

    async def charges(self, *references: str) -> Sequence[Booked]:
        raise StackFailed("the third parties do not answer")

    async def believed_impostors(self) -> int:
        raise StackFailed("the third parties do not answer")

    async def completions_within(self, text: str) -> Sequence[str]:
        raise StackFailed("the third parties do not answer")


def nobody() -> str:
    """An address on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


class Believed(NoBooks):
    """Third parties whose impostors were believed, both of them."""

    async def believed_impostors(self) -> int:
        return 2


def oracle_of(
    gateway_url: str, metrics_url: str, database: str, books: NoBooks | None = None
) -> Oracle:
    access = ShopAccess(
        gateway_url,
        {"orders": metrics_url, "billing": metrics_url},
        {name: f"postgresql://oncall:x@{database}/{name}" for name in DATABASES},
    )
    return Oracle(access, books or NoBooks(), seed=7)


async def test_a_shop_that_is_entirely_down_gives_values_and_no_exception() -> None:
    dead = nobody()
    began = time.monotonic()
    measures = await oracle_of(f"http://{dead}", f"http://{dead}/metrics", dead).measure(
        PLAN, REFERENCES
    )
    assert time.monotonic() - began < 8
    assert tuple(measures) == MEASURE_NAMES
    assert measures["checkout_success_ratio"] == 0.0
    assert measures["ledger_exact_ratio"] is None
    holding = {r.measure for r in judge(measures, DEFAULT_OBJECTIVES) if r.holds}
    assert holding <= {"longest_wait_ms"}


@pytest.mark.parametrize(("impostors", "believed"), [(True, 2.0), (False, None)])
async def test_impostors_are_let_in_front_only_where_the_plan_says_so(
    impostors: bool, believed: float | None
) -> None:
    dead, plan = nobody(), replace(PLAN, impostors=impostors)
    oracle = oracle_of(f"http://{dead}", f"http://{dead}/metrics", dead, Believed())
    assert (await oracle.measure(plan, REFERENCES))["impostors_believed"] == believed


async def test_impostors_come_once_the_shop_has_been_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before that, connections that begin anew would be held against a shop that is well."""
    order: list[str] = []
    watch = oracle_module.watch

    class Noting(NoBooks):
        async def believed_impostors(self) -> int:
            order.append("impostors")
            return 0

    async def noted(*given: Any) -> Any:
        found = await watch(*given)
        order.append("watched")
        return found

    monkeypatch.setattr(oracle_module, "watch", noted)
    dead = nobody()
    oracle = oracle_of(f"http://{dead}", f"http://{dead}/metrics", dead, Noting())
    await oracle.measure(replace(PLAN, impostors=True), REFERENCES)
    assert order == ["watched", "impostors"]


async def test_a_shop_that_hangs_everywhere_is_left_in_time(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracle_module, "CLIENT_TIMEOUT_S", 1.0)
    monkeypatch.setattr(oracle_module, "OVERTIME_S", 2.0)

    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError("never")

    async def never_answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _reader.read()
        writer.close()

    silent = await asyncio.start_server(never_answer, "127.0.0.1", 0)
    database = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    url = await serve(hang)
    began = time.monotonic()
    async with silent:
        measures = await oracle_of(url, f"{url}/metrics", database).measure(PLAN, REFERENCES)
    assert time.monotonic() - began < PLAN.duration_s + 5
    assert measures["checkout_success_ratio"] == 0.0
    assert measures["longest_wait_ms"] == 12_000.0


async def test_a_shop_that_answers_nonsense_is_not_well(serve: Serve) -> None:
    async def nonsense(_request: web.Request) -> web.Response:
        return web.json_response([{"users": "lines"}])

    url, dead = await serve(nonsense), nobody()
    measures = await oracle_of(url, f"{url}/metrics", dead).measure(PLAN, REFERENCES)
    assert measures["checkout_success_ratio"] == 0.0
    assert measures["basket_success_ratio"] == 0.0
    assert measures["statements_per_history"] is None


class FloatRows(ShopDatabases):
    """Databases whose money has become binary floats."""

    async def fetch(self, service: str, query: str, *arguments: Any) -> list[Any]:
        money = {"header": 1.15, "net": 1.0, "tax": 0.15, "gross": 1.15}
        return [{"order_id": 1, "sku": "A", **money}] if service == "billing" else []


async def test_a_ledger_in_binary_floats_gives_values_and_no_exception(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracle_module, "ShopDatabases", FloatRows)

    async def reconciled(_request: web.Request) -> web.Response:
        return web.Response(text=f"ledger_last_run_timestamp_seconds {time.time()}\n")

    url, dead = await serve(reconciled), nobody()
    measures = await oracle_of(url, f"{url}/metrics", dead).measure(PLAN, REFERENCES)
    assert tuple(measures) == MEASURE_NAMES
    assert measures["ledger_exact_ratio"] is None
    assert measures["reconciliation_honest"] is None
    assert measures["running_total_exact"] is None


async def test_a_shop_that_is_down_cannot_be_remembered_as_healthy() -> None:
    dead = nobody()
    with pytest.raises(StackFailed, match="catalogue"):
        await oracle_of(f"http://{dead}", f"http://{dead}/metrics", dead).capture_references()
