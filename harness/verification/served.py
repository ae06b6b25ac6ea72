"""Did customers get what they asked for? Each answer is held against what is known of the shop."""

from __future__ import annotations

from typing import Any

from harness.verification.api_calls import Call, Journey, order_id_of
from harness.verification.db_facts import CAPTURED, PAID
from harness.verification.money import as_money
from harness.verification.references import References, answered_offer

FEED_MODES = ("personalised", "cached", "default")
FEED_ITEMS = 12


def served(call: Call, references: References) -> bool:
    """Whether the customer got what was asked for, as far as the answer shows."""
    if call.outcome != "ok":
        return False
    match call.request.journey:
        case Journey.CHECKOUT:
            return order_id_of(call) is not None and call.body.get("status") == PAID
        case Journey.BASKET:
            return answered_offer(call) is not None
        case Journey.TRACK:
            return _tells_of_the_order(call, references)
        case Journey.SUMMARY:
            return isinstance(call.body, dict) and bool(call.body)
        case Journey.FEED:
            return _fills_the_page(call.body, references)
        case Journey.HISTORY | Journey.SUPPORT_DESK:
            return isinstance(call.body, dict | list)


def _tells_of_the_order(call: Call, references: References) -> bool:
    """Whether tracking shows the order that was asked for, paid as it is: payment is for good."""
    asked = call.request.order_id
    if asked is None or order_id_of(call) != asked or asked not in references.paid_totals:
        return False
    payment = call.body.get("payment")
    return (
        call.body.get("status") == PAID
        and as_money(call.body.get("total")) == references.paid_totals[asked]
        and isinstance(payment, dict)
        and payment.get("state") == CAPTURED
    )


def _fills_the_page(body: Any, references: References) -> bool:
    """Whether a feed says how personal it is, and shows as many products as the page has room for:
    different ones, all of them sold."""
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or body.get("mode") not in FEED_MODES:
        return False
    shown = [item.get("sku") if isinstance(item, dict) else None for item in items]
    return (
        all(isinstance(sku, str) and sku in references.catalogue.prices for sku in shown)
        and len(set(shown)) == len(shown) >= FEED_ITEMS
    )
