"""The provider's books are read in bites, and only what was taken counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from harness.verification.access import CHUNK, Booked, captured_by_reference
from harness.verification.database_access import NotKnowable, ShopDatabases
from harness.verification.verdicts import _sound


@dataclass(frozen=True)
class Row:
    """One charge in the books."""

    reference: str
    amount: Decimal
    status: str = "succeeded"


class Books:
    """A provider that booked `rows`."""

    def __init__(self, *rows: Row) -> None:
        self.rows = rows
        self.asked: list[int] = []

    async def charges(self, *references: str) -> Sequence[Booked]:
        self.asked.append(len(references))
        return [row for row in self.rows if row.reference in references]


async def test_every_amount_that_was_taken_is_found_and_a_declined_one_is_not() -> None:
    amount = Decimal("9.90")
    books = Books(
        Row("a", amount), Row("b", amount), Row("b", amount), Row("c", amount, "declined")
    )
    found = await captured_by_reference(books, ["a", "b", "c", "d"])
    assert found == {"a": [amount], "b": [amount, amount], "c": [], "d": []}


async def test_many_references_are_asked_for_a_few_at_a_time() -> None:
    books = Books(Row("order-119", Decimal(1)))
    found = await captured_by_reference(books, [f"order-{n}" for n in range(120)])
    assert found["order-119"] == [Decimal(1)]
    assert sum(books.asked) == 120
    assert max(books.asked) <= CHUNK


async def test_a_database_that_is_not_there_is_not_knowable() -> None:
    databases = ShopDatabases({"orders": "postgresql://oncall:x@127.0.0.1:9/orders"})
    for service in ("orders", "nobody"):
        with pytest.raises(NotKnowable, match=service):
            await databases.fetch(service, "SELECT 1")


def test_rows_that_make_no_sense_to_a_check_are_wrong_and_not_an_error() -> None:
    def compare(amount: object) -> float | None:
        return float(Decimal(1) + amount)  # type: ignore[operator]

    assert _sound(compare, 1) == 2.0
    assert _sound(compare, None) == 0.0
