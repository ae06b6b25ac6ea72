"""What a run left behind, gathered from whoever knows it; each fact may stay unknown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from harness.errors import DrillError
from harness.verification.access import ProviderBooks, captured_by_reference
from harness.verification.api_calls import Call, Journey, order_id_of
from harness.verification.database_access import NotKnowable, ShopDatabases
from harness.verification.db_facts import InvoiceTruth, OrderTruth
from harness.verification.driving import StressResult
from harness.verification.history_checks import LIMIT_FOR_ONE_USER, SPARE_ORDERS, HistoryTruth
from harness.verification.ledger_rows import invoices_of
from harness.verification.order_rows import (
    captured_amounts,
    newest_orders,
    placed_orders,
    reserved_stock,
)
from harness.verification.references import References
from harness.waiting import WaitedTooLong, wait_until

T = TypeVar("T")

EVENTUAL_S = 5.0
"""How long what follows an answer may take: the ledger is posted after the customer has paid."""


ORDERS_OF_A_BUYER = 40
"""More than anybody places during a run."""

SENSELESS = (TypeError, ValueError, ArithmeticError, LookupError)
"""What reading and comparing raise where rows hold something else than they should."""


@dataclass(frozen=True)
class Facts:
    """Everything that is checked after a run; None: could not be known."""

    orders: list[OrderTruth] | None
    """Of the run's checkouts, those without an answer included."""
    invoices: Mapping[int, InvoiceTruth] | None
    captured: Mapping[int, list[Decimal]] | None
    """What payments says it captured, by order."""
    provider: Mapping[int, list[Decimal]] | None
    """What the provider says it captured, by order."""
    reserved: Mapping[int, Mapping[str, int]] | None
    history: HistoryTruth | None
    of_buyers: Mapping[int, Sequence[OrderTruth]] | None = None
    """The newest orders of those who sent a checkout again, by customer."""


async def known(fact: Awaitable[T], until: float) -> T | None:
    """Await `fact`, no longer than `until` (loop time, seconds); None where it is not found.

    Nor is it found in rows that make no sense to whoever reads them: a release may store anything,
    money as binary floats for one, which `Decimal` refuses to be added to.
    """
    try:
        async with asyncio.timeout_at(until):
            return await fact
    except (NotKnowable, DrillError, OSError, TimeoutError, *SENSELESS):
        return None


async def find_out(
    databases: ShopDatabases,
    provider: ProviderBooks,
    result: StressResult,
    references: References,
    until: float,
) -> Facts:
    """Gather the facts of a run; returns by `until` (loop time, seconds)."""
    checkouts = result.of(Journey.CHECKOUT)
    keys = [call.request.idempotency_key or "" for call in checkouts]
    answered = [order_id for call in checkouts if (order_id := order_id_of(call)) is not None]
    histories = result.of(Journey.HISTORY, Journey.SUPPORT_DESK)
    buyers = {buyer for one in result.replays if (buyer := one.buyer) is not None}
    orders, history, of_buyers = await asyncio.gather(
        known(placed_orders(databases, keys, answered), until),
        known(_history_truth(databases, references, histories), until),
        known(newest_orders(databases, buyers, ORDERS_OF_A_BUYER), until),
    )
    ids = [order.id for order in orders or ()]
    paid = {order.id for order in orders or () if order.paid}
    invoices, captured, charged, reserved = await asyncio.gather(
        known(_settled_invoices(databases, ids, paid), until),
        known(captured_amounts(databases, ids), until),
        known(_charged(provider, ids), until),
        known(reserved_stock(databases, ids), until),
    )
    return Facts(orders, invoices, captured, charged, reserved, history, of_buyers)


async def _history_truth(
    databases: ShopDatabases, references: References, calls: list[Call]
) -> HistoryTruth:
    users = {user for call in calls for user in call.request.user_ids}
    newest = await newest_orders(databases, users, LIMIT_FOR_ONE_USER + SPARE_ORDERS)
    return HistoryTruth(references.catalogue, newest)


async def _settled_invoices(
    databases: ShopDatabases, ids: list[int], paid: set[int]
) -> Mapping[int, InvoiceTruth]:
    """The invoices of `ids`, once all that are `paid` have one, or after EVENTUAL_S anyhow."""
    found: Mapping[int, InvoiceTruth] = {}

    async def complete() -> bool | None:
        nonlocal found
        found = await invoices_of(databases, ids)
        return paid <= set(found) or None

    with contextlib.suppress(WaitedTooLong):  # what is missing by then counts as missing
        await wait_until(complete, timeout_s=EVENTUAL_S, what="the invoices", interval_s=0.25)
    return found


async def _charged(provider: ProviderBooks, ids: list[int]) -> Mapping[int, list[Decimal]]:
    references = [reference_of(order_id) for order_id in ids]
    by_reference = await captured_by_reference(provider, references)
    return {order_id: by_reference[reference_of(order_id)] for order_id in ids}


def reference_of(order_id: int) -> str:
    """The name under which the shop charges an order at the provider."""
    return f"order-{order_id}"
