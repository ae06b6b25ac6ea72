"""Is every cent where it belongs? Pure comparisons of what several parties know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from harness.verification.customer_answers import PaidAnswer, untrue_order_ids
from harness.verification.db_facts import InvoiceTruth, OrderTruth, RunningTotal
from harness.verification.driving import Replay
from harness.verification.figures import ratio
from harness.verification.money import as_money

Amounts = Mapping[int, list[Decimal]]
"""Captured amounts by order."""


def ledger_exact_ratio(
    orders: Sequence[OrderTruth], invoices: Mapping[int, InvoiceTruth], captured: Amounts
) -> float | None:
    """Share of the paid orders whose ledger is right to the cent, line by line.

    The invoice must equal what was captured, and both what the order's own lines come to.
    """

    def exact(order: OrderTruth) -> bool:
        invoice = invoices.get(order.id)
        if invoice is None:
            return False
        expected = order.expected_total()
        return (
            invoice.header == invoice.gross == expected
            and captured.get(order.id) == [expected]
            and invoice.lines == order.expected_lines()
        )

    return ratio(exact(order) for order in orders if order.paid)


def charged_once_ratio(
    orders: Sequence[OrderTruth], provider: Amounts, answers: Sequence[PaidAnswer]
) -> float | None:
    """Share of the paid orders for which the provider took the right amount exactly once, and
    whose customer was told nothing else.

    An order counts as paid where the shop says so, to itself or to its customer: one that a
    customer was told of and the books do not have is wrong.
    """
    untrue = untrue_order_ids(answers, orders)
    right = {
        order.id: order.id not in untrue and provider.get(order.id, []) == [order.expected_total()]
        for order in orders
        if order.paid
    }
    return ratio([*right.values(), *(False for _ in untrue - set(right))])


def running_total_exact(
    before: Mapping[str, RunningTotal], after: Mapping[str, RunningTotal]
) -> float | None:
    """1.0 where each account's running total grew by exactly what was posted to it, else 0.0."""
    if not after:
        return None
    zero = RunningTotal(Decimal(0), Decimal(0))
    grown = (
        (now.claimed - was.claimed, now.postings - was.postings)
        for account, now in after.items()
        for was in (before.get(account, zero),)
    )
    return float(all(claimed == posted for claimed, posted in grown))


def idempotent_replay_ratio(
    replays: Sequence[Replay],
    provider: Amounts,
    invoices: Mapping[int, InvoiceTruth],
    untold: Mapping[int, Sequence[OrderTruth]],
) -> float | None:
    """Share of the replayed checkouts that gave the first order back and cost nothing more: neither
    for that order nor by a second one, whatever the customer was shown. `untold` are the buyers'
    newest orders of which no first answer told.

    A replay that the shop was too busy to answer says nothing either way, and where that is most of
    them, nothing is known: refusing replays is no way to pass.
    """

    def harmless(replay: Replay) -> bool:
        order_id = _field(replay.first.body, "order_id")
        return (
            replay.again.outcome == "ok"
            and isinstance(order_id, int)
            and _field(replay.again.body, "order_id") == order_id
            and _total(replay.again.body) == _total(replay.first.body)
            and len(provider.get(order_id, [])) == 1
            and order_id in invoices
            and not _second_order(replay, order_id, untold.get(replay.buyer or 0, ()))
        )

    answered = [r for r in replays if r.again.status is not None and r.again.status < 500]
    if 2 * len(answered) < len(replays):
        return None
    return ratio(harmless(replay) for replay in answered)


def _second_order(replay: Replay, order_id: int, orders: Sequence[OrderTruth]) -> bool:
    """Whether the customer was charged for the same basket again."""
    basket = replay.first.request.basket
    return basket is not None and any(
        order.id > order_id and order.paid and order.basket_lines() == frozenset(basket.lines)
        for order in orders
    )


def stock_reserved_ratio(
    orders: Sequence[OrderTruth], reserved: Mapping[int, Mapping[str, int]]
) -> float | None:
    """Share of the paid orders for which exactly what was bought is held in stock."""
    return ratio(
        reserved.get(order.id) == {line.sku: line.quantity for line in order.lines}
        for order in orders
        if order.paid
    )


def _field(body: object, name: str) -> object:
    return body.get(name) if isinstance(body, dict) else None


def _total(body: object) -> Decimal | None:
    return as_money(_field(body, "total"))
