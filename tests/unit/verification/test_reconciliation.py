"""Billing's own account of its ledger is believed only where the rows agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from harness.verification.reconciliation import Reported, Settled, reconciliation_honest

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
RUN_AT = NOW - timedelta(seconds=1)
RIGHT = Decimal("11.50")


def settled(age_s: float, ledger: Decimal | None = RIGHT) -> Settled:
    return Settled(RUN_AT - timedelta(seconds=age_s), RIGHT, ledger)


def honest(mismatched: float | None, *orders: Settled, reconciled: float | None = 5) -> object:
    return reconciliation_honest(Reported(mismatched, reconciled, RUN_AT), orders, NOW)


def test_saying_that_all_is_well_is_honest_where_it_is() -> None:
    assert honest(0, settled(20), settled(30)) == 1.0


def test_saying_that_all_is_well_is_a_lie_where_orders_disagree() -> None:
    assert honest(0, settled(20), settled(25, RIGHT + Decimal("0.01"))) == 0.0
    assert honest(0, settled(25, None)) == 0.0


def test_a_missing_invoice_is_no_mismatch_before_it_is_due() -> None:
    assert honest(0, settled(15, None)) == 1.0
    assert honest(0, settled(25, None)) == 0.0


def test_reporting_a_mismatch_is_honest_where_there_is_one() -> None:
    assert honest(1, settled(20), settled(25, Decimal("11.49"))) == 1.0


def test_reporting_a_mismatch_where_there_is_none_is_not_honest() -> None:
    assert honest(1, settled(20)) == 0.0


@pytest.mark.parametrize("age_s", [2.0, 29.5, 31.0])
def test_at_the_edges_of_the_window_either_is_believed(age_s: float) -> None:
    wrong = settled(age_s, RIGHT - 1)
    assert honest(0, settled(20), wrong) == 1.0
    assert honest(1, settled(20), wrong) == 1.0


def test_looking_at_no_order_while_there_are_some_is_not_honest() -> None:
    assert honest(0, settled(20), reconciled=0) == 0.0
    assert honest(0, settled(20), reconciled=None) == 0.0
    assert honest(0, reconciled=0) == 1.0


def test_what_is_not_reported_or_is_old_is_unknown() -> None:
    assert honest(None, settled(20)) is None
    assert reconciliation_honest(Reported(0, 5, None), [], NOW) is None
    old = NOW - timedelta(seconds=16)
    assert reconciliation_honest(Reported(0, 5, old), [], NOW) is None
