"""Twelve months of completed orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from random import Random

from services.sampledata.catalogue import products
from services.sampledata.model import Order, OrderLine, Product
from services.sampledata.people import COUNT as USER_COUNT

SEED = 20_233
COUNT = 20_000
CURRENCY = "EUR"
TAX_RATE = Decimal("0.15")
CENT = Decimal("0.01")
LAST_PLACED = datetime(2026, 11, 1, tzinfo=UTC)
"""Fixed, so that the rows are the same on every machine and day."""

DISCOUNT_PERCENTS = (0, 0, 0, 0, 0, 5, 10, 15, 20)


@cache
def orders() -> tuple[Order, ...]:
    """The 20,000 orders, with ids 1 to 20000 in the order they were placed; all are paid."""
    draw = Random(SEED)  # noqa: S311  sample data, not secrets
    catalogue = products()
    start = LAST_PLACED - timedelta(days=365)
    seconds = sorted(draw.randrange(365 * 86_400) for _ in range(COUNT))
    found = []
    for order_id, second in enumerate(seconds, start=1):
        placed_at = start + timedelta(seconds=second)
        chosen = draw.sample(catalogue, k=draw.choices((1, 2, 3, 4), weights=(35, 35, 20, 10))[0])
        lines = tuple(_line(draw, number, product) for number, product in enumerate(chosen, 1))
        found.append(
            Order(
                id=order_id,
                user_id=draw.randrange(USER_COUNT) + 1,
                currency=CURRENCY,
                placed_at=placed_at,
                settled_at=placed_at + timedelta(milliseconds=draw.randrange(200, 2_500)),
                lines=lines,
                net=sum((line.net for line in lines), Decimal(0)),
                tax=sum((line.tax for line in lines), Decimal(0)),
                total=sum((line.gross for line in lines), Decimal(0)),
            )
        )
    return tuple(found)


def _line(draw: Random, line_no: int, product: Product) -> OrderLine:
    quantity = draw.choices((1, 2, 3), weights=(70, 20, 10))[0]
    list_net = quantity * product.net_price
    percent = draw.choice(DISCOUNT_PERCENTS)
    discount = (list_net * percent / 100).quantize(CENT, ROUND_HALF_UP)
    net = list_net - discount
    tax = (net * TAX_RATE).quantize(CENT, ROUND_HALF_UP)
    return OrderLine(
        line_no=line_no,
        sku=product.sku,
        name=product.name,
        quantity=quantity,
        net_unit_price=product.net_price,
        discount=discount,
        net=net,
        tax=tax,
        gross=net + tax,
    )
