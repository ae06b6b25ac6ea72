"""The sample ledger."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import psycopg

from services import sampledata
from services.billing.seed import OPENING_BALANCE, seed


def test_the_sample_ledger_agrees_with_the_sample_orders(
    fresh_database: Callable[[str], str],
) -> None:
    url = fresh_database("billing")
    seed(url)
    turnover = sum((order.total for order in sampledata.orders()), Decimal(0))
    with psycopg.connect(url) as connection:
        entries = connection.execute("SELECT sum(gross) FROM entries").fetchall()
        invoices = connection.execute("SELECT sum(gross) FROM invoices").fetchall()
        accounts = connection.execute("SELECT running_total FROM accounts").fetchall()
    assert entries == invoices == [(turnover,)]
    assert accounts == [(OPENING_BALANCE + turnover,)]
