"""What a run left behind is found out, or stays unknown: rows of any kind end no verification."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from harness.verification import facts as facts_module
from harness.verification.access import Booked
from harness.verification.api_calls import Basket, Call, Line, checkout, history
from harness.verification.driving import StressResult
from harness.verification.facts import Facts, find_out, known
from harness.verification.ledger_rows import invoices_of
from harness.verification.product_catalogue import Catalogue
from harness.verification.references import References

NOW = datetime(2026, 11, 20, tzinfo=UTC)
REFERENCES = References(Catalogue({}, {}, {}, {7: "Ada"}), (), {}, {})
BOUGHT = Call(checkout(Basket(7, (Line("A", 1),)), "k"), "ok", 10.0, NOW, 201, {"order_id": 1})
SEEN = Call(history((7,)), "ok", 10.0, NOW, 200, {})
ORDER = {
    "id": 1, "user_id": 7, "status": "paid", "total": Decimal("1.15"), "placed_at": NOW,
    "sku": "A", "quantity": 1, "net_unit_price": Decimal("1.00"), "discount": Decimal("0.00"),
}  # fmt: skip
INVOICE = {
    "order_id": 1, "header": Decimal("1.15"), "sku": "A", "net": Decimal("1.00"),
    "tax": Decimal("0.15"), "gross": Decimal("1.15"),
}  # fmt: skip


class Databases:
    """The same rows for every question to a service."""

    def __init__(self, rows: Mapping[str, Sequence[Any]]) -> None:
        self._rows = rows

    async def fetch(self, service: str, _query: str, *_arguments: Any) -> Sequence[Any]:
        return self._rows.get(service, ())


class Books:
    """A provider that charged nothing."""

    async def charges(self, *references: str) -> Sequence[Booked]:
        return ()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_module, "EVENTUAL_S", 0.0)


async def found_out(**rows: Sequence[Any]) -> Facts:
    databases: Any = Databases(rows)
    until = asyncio.get_running_loop().time() + 5
    return await find_out(databases, Books(), StressResult((BOUGHT, SEEN), ()), REFERENCES, until)


async def test_a_ledger_in_order_is_read() -> None:
    facts = await found_out(orders=[ORDER], billing=[INVOICE])
    assert facts.invoices is not None
    assert facts.invoices[1].gross == Decimal("1.15")


async def test_a_ledger_in_binary_floats_is_unknown_and_the_rest_is_not() -> None:
    floats = {**INVOICE, "header": 1.15, "net": 1.0, "tax": 0.15, "gross": 1.15}
    databases: Any = Databases({"billing": [floats]})
    with pytest.raises(TypeError):
        await invoices_of(databases, [1])
    facts = await found_out(orders=[ORDER], billing=[floats])
    assert facts.invoices is None
    assert facts.orders is not None
    assert facts.provider == {1: []}


async def test_rows_of_another_shape_are_unknown() -> None:
    facts = await found_out(orders=[ORDER], billing=[INVOICE], payments=[(1,)], a=[(1, "A")])
    assert facts.captured is None
    assert facts.reserved is None


@pytest.mark.parametrize("error", [TypeError(), ValueError(), ZeroDivisionError(), KeyError()])
async def test_a_fact_that_makes_no_sense_is_unknown(error: Exception) -> None:
    async def senseless() -> int:
        raise error

    assert await known(senseless(), asyncio.get_running_loop().time() + 5) is None


async def test_a_mistake_of_our_own_is_not_taken_for_the_shops() -> None:
    async def broken() -> int:
        raise AssertionError("ours")

    with pytest.raises(AssertionError):
        await known(broken(), asyncio.get_running_loop().time() + 5)
