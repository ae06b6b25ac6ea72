"""The sample charges."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import psycopg

from services import sampledata
from services.payments.seed import seed


def test_every_sample_order_has_its_captured_charge(fresh_database: Callable[[str], str]) -> None:
    url = fresh_database("payments")
    seed(url)
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT count(*), sum(amount) FROM charges WHERE state = 'captured'"
        ).fetchall()
    orders = sampledata.orders()
    assert rows == [(len(orders), sum((order.total for order in orders), Decimal(0)))]
