"""What the healthy shop answered, to be held against what it answers later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import aiohttp

from harness.errors import StackFailed
from harness.verification.api_calls import Basket, Call, make, price
from harness.verification.basket_parser import Offer, offer
from harness.verification.db_facts import OrderTruth
from harness.verification.figures import ratio
from harness.verification.product_catalogue import Catalogue

_ATTEMPTS = 3
_AT_ONCE = 2
"""Few, so that the load on the shop hardly feels it."""


@dataclass(frozen=True)
class References:
    """The healthy shop, remembered."""

    catalogue: Catalogue
    baskets: tuple[Basket, ...]
    offers: Mapping[Basket, Offer]
    """What each of `baskets` cost, and who would have delivered it."""
    paid_totals: Mapping[int, Decimal]
    """Orders that were paid before and what each came to, for tracking."""


async def price_baskets(
    session: aiohttp.ClientSession, baskets: tuple[Basket, ...]
) -> Mapping[Basket, Offer]:
    """Ask the shop what each basket costs.

    Raises StackFailed where it does not say so for one of them in a few attempts.
    """
    few = asyncio.Semaphore(_AT_ONCE)

    async def ask(basket: Basket) -> tuple[Basket, Offer]:
        for _ in range(_ATTEMPTS):
            async with few:
                offer = answered_offer(await make(session, price(basket)))
            if offer is not None:
                return basket, offer
        raise StackFailed(
            "the shop did not price a basket while it should have been healthy",
            "look at the logs of gateway, orders, a, b and c",
        )

    return dict(await asyncio.gather(*(ask(basket) for basket in baskets)))


def answered_offer(call: Call) -> Offer | None:
    """The offer in an answer; None where it holds none."""
    return offer(call.body) if call.outcome == "ok" else None


def reference_answers_ratio(
    references: References, asked: Sequence[Call], orders: Sequence[OrderTruth]
) -> float | None:
    """Share of the remembered baskets that still cost what they cost on the healthy shop, and
    would still be delivered as they would have been.

    Counts those that were asked for and answered, and those that were bought, by their prices
    alone: what a basket costs depends on its products and not on the customer.
    """
    offers = {frozenset(basket.lines): one for basket, one in references.offers.items()}
    answered = [
        answered_offer(call) == offers.get(frozenset(call.request.basket.lines))
        for call in asked
        if call.outcome == "ok" and call.request.basket is not None
    ]
    bought = [
        (known := offers.get(order.basket_lines())) is not None
        and frozenset(order.lines) == known.lines
        for order in orders
        if order.paid
    ]
    return ratio(answered + bought)
