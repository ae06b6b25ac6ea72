"""Every cent is compared; each check fails on the damage that it is there for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from harness.verification.api_calls import Basket, Call, Line, Outcome, checkout
from harness.verification.basket_parser import PricedLine
from harness.verification.db_facts import InvoiceTruth, OrderTruth, RunningTotal
from harness.verification.driving import Replay
from harness.verification.money import LineMoney
from harness.verification.money_checks import (
    charged_once_ratio,
    idempotent_replay_ratio,
    ledger_exact_ratio,
    running_total_exact,
    stock_reserved_ratio,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CENT = Decimal("0.01")
ORDER = OrderTruth(
    id=1,
    user_id=7,
    status="paid",
    total=Decimal("23.58"),
    placed_at=NOW,
    lines=(
        PricedLine("KIT-0101", 1, Decimal("0.50"), Decimal("0.00")),
        PricedLine("TAB-0202", 2, Decimal("10.00"), Decimal("0.00")),
    ),
)
LINES = {
    "KIT-0101": LineMoney(Decimal("0.50"), Decimal("0.08"), Decimal("0.58")),
    "TAB-0202": LineMoney(Decimal("20.00"), Decimal("3.00"), Decimal("23.00")),
}
INVOICE = InvoiceTruth(1, Decimal("23.58"), Decimal("23.58"), LINES)
PAID = {1: [Decimal("23.58")]}


def test_a_ledger_that_agrees_with_everything_is_exact() -> None:
    assert ledger_exact_ratio([ORDER], {1: INVOICE}, PAID) == 1.0


def test_a_ledger_off_by_one_cent_is_not() -> None:
    off = replace(INVOICE, header=INVOICE.header + CENT, gross=INVOICE.gross + CENT)
    assert ledger_exact_ratio([ORDER], {1: off}, PAID) == 0.0


def test_an_invoice_must_say_what_its_entries_add_up_to() -> None:
    for off in (replace(INVOICE, header=INVOICE.header + CENT), replace(INVOICE, gross=CENT)):
        assert ledger_exact_ratio([ORDER], {1: off}, PAID) == 0.0


def test_two_lines_whose_errors_cancel_out_are_not_exact() -> None:
    shifted = {
        "KIT-0101": replace(LINES["KIT-0101"], tax=Decimal("0.07"), gross=Decimal("0.57")),
        "TAB-0202": replace(LINES["TAB-0202"], tax=Decimal("3.01"), gross=Decimal("23.01")),
    }
    assert ledger_exact_ratio([ORDER], {1: replace(INVOICE, lines=shifted)}, PAID) == 0.0


def test_a_ledger_and_a_charge_that_are_wrong_alike_are_not_exact() -> None:
    off = replace(INVOICE, header=INVOICE.header + CENT, gross=INVOICE.gross + CENT)
    assert ledger_exact_ratio([ORDER], {1: off}, {1: [off.gross]}) == 0.0


def test_a_missing_invoice_counts_as_wrong_and_an_unpaid_order_not_at_all() -> None:
    unpaid = replace(ORDER, id=2, status="failed")
    assert ledger_exact_ratio([ORDER, unpaid], {}, PAID) == 0.0
    assert ledger_exact_ratio([ORDER, unpaid], {1: INVOICE}, PAID) == 1.0
    assert ledger_exact_ratio([unpaid], {}, {}) is None


def test_a_paid_order_is_charged_once_and_rightly() -> None:
    total = Decimal("23.58")
    assert charged_once_ratio([ORDER], {1: [total]}, []) == 1.0
    assert charged_once_ratio([ORDER], {1: [total, total]}, []) == 0.0
    assert charged_once_ratio([ORDER], {1: []}, []) == 0.0
    assert charged_once_ratio([ORDER], {}, []) == 0.0
    assert charged_once_ratio([ORDER], {1: [total - CENT]}, []) == 0.0


def test_a_running_total_grows_by_what_was_posted() -> None:
    before = {"x": RunningTotal(Decimal("10.000001"), Decimal(10))}
    after = {"x": RunningTotal(Decimal("33.580001"), Decimal("33.58"))}
    assert running_total_exact(before, after) == 1.0


def test_a_running_total_that_drifts_in_the_sixth_decimal_is_not_exact() -> None:
    before = {"x": RunningTotal(Decimal("10.000000"), Decimal(10))}
    after = {"x": RunningTotal(Decimal("33.580001"), Decimal("33.58"))}
    assert running_total_exact(before, after) == 0.0


def test_an_account_that_is_new_starts_from_nothing_and_none_at_all_is_unknown() -> None:
    assert running_total_exact({}, {"x": RunningTotal(Decimal(5), Decimal(5))}) == 1.0
    assert running_total_exact({}, {"x": RunningTotal(Decimal(5), Decimal(4))}) == 0.0
    assert running_total_exact({}, {}) is None


BASKET = Basket(7, (Line("KIT-0101", 1),))


def answered(order_id: object, total: str, *, status: int = 201, outcome: Outcome = "ok") -> Call:
    body = {"order_id": order_id, "status": "paid", "total": total}
    return Call(checkout(BASKET, "k"), outcome, 20.0, NOW, status, body)


FIRST = answered(1, "23.58")


def test_a_replay_that_gives_the_first_order_back_is_harmless() -> None:
    replays = [Replay(FIRST, answered(1, "23.58", status=200))]
    assert idempotent_replay_ratio(replays, PAID, {1: INVOICE}, {}) == 1.0


def test_a_replay_that_orders_or_charges_again_is_found() -> None:
    second = [Replay(FIRST, answered(2, "23.58"))]
    assert idempotent_replay_ratio(second, PAID, {1: INVOICE}, {}) == 0.0
    same = [Replay(FIRST, answered(1, "23.58"))]
    twice = {1: [Decimal("23.58")] * 2}
    assert idempotent_replay_ratio(same, twice, {1: INVOICE}, {}) == 0.0
    assert idempotent_replay_ratio(same, PAID, {}, {}) == 0.0
    other_total = [Replay(FIRST, answered(1, "23.59"))]
    assert idempotent_replay_ratio(other_total, PAID, {1: INVOICE}, {}) == 0.0


def test_a_second_order_that_the_customer_is_not_told_of_is_found() -> None:
    replays = [Replay(FIRST, answered(1, "23.58"))]
    line = PricedLine("KIT-0101", 1, Decimal("0.50"), Decimal("0.00"))
    second = replace(ORDER, id=2, lines=(line,))
    for orders, ratio in (
        ([second], 0.0),
        ([replace(second, id=0)], 1.0),  # of another day
        ([replace(second, status="failed")], 1.0),
        ([replace(second, lines=ORDER.lines)], 1.0),
    ):
        assert idempotent_replay_ratio(replays, PAID, {1: INVOICE}, {7: orders}) == ratio


def test_a_replay_that_is_refused_is_wrong_and_one_that_failed_says_nothing() -> None:
    refused = [Replay(FIRST, answered(None, "0", status=409, outcome="error"))]
    assert idempotent_replay_ratio(refused, PAID, {1: INVOICE}, {}) == 0.0
    failed = Replay(FIRST, answered(None, "0", status=503, outcome="error"))
    again = Replay(FIRST, answered(1, "23.58", status=200))
    assert idempotent_replay_ratio([failed], PAID, {1: INVOICE}, {}) is None
    assert idempotent_replay_ratio([failed, again], PAID, {1: INVOICE}, {}) == 1.0
    assert idempotent_replay_ratio([], PAID, {}, {}) is None


def test_a_shop_that_refuses_most_replays_has_shown_nothing() -> None:
    again = Replay(FIRST, answered(1, "23.58", status=200))
    failed = Replay(FIRST, answered(None, "0", status=503, outcome="error"))
    cut_off = Replay(FIRST, replace(failed.again, status=None, outcome="timeout"))
    assert idempotent_replay_ratio([again, failed, cut_off], PAID, {1: INVOICE}, {}) is None


def test_what_was_bought_is_held_exactly() -> None:
    held = {1: {"KIT-0101": 1, "TAB-0202": 2}}
    assert stock_reserved_ratio([ORDER], held) == 1.0
    assert stock_reserved_ratio([ORDER], {1: {"KIT-0101": 1}}) == 0.0
    assert stock_reserved_ratio([ORDER], {1: {"KIT-0101": 1, "TAB-0202": 1}}) == 0.0
    assert stock_reserved_ratio([ORDER], {}) == 0.0
