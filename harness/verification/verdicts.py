"""From facts to measures of correctness: what is not known is None, what is wrong is below 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ParamSpec

from harness.measures import Measures
from harness.verification.api_calls import Journey, order_id_of
from harness.verification.customer_answers import paid_answers
from harness.verification.db_facts import RunningTotal
from harness.verification.driving import StressResult
from harness.verification.facts import SENSELESS, Facts
from harness.verification.history_checks import history_correct_ratio
from harness.verification.money_checks import (
    charged_once_ratio,
    idempotent_replay_ratio,
    ledger_exact_ratio,
    running_total_exact,
    stock_reserved_ratio,
)
from harness.verification.references import References, reference_answers_ratio

P = ParamSpec("P")


def correctness_measures(
    result: StressResult,
    facts: Facts,
    references: References,
    totals_before: Mapping[str, RunningTotal] | None,
    totals_after: Mapping[str, RunningTotal] | None,
) -> Measures:
    """All measures that compare what was answered, stored and charged."""
    orders, invoices = facts.orders, facts.invoices
    answers = paid_answers(result.of(Journey.CHECKOUT))
    told = {order_id_of(call) for call in result.of(Journey.CHECKOUT)}
    untold = {
        buyer: [order for order in theirs if order.id not in told]
        for buyer, theirs in (facts.of_buyers or {}).items()
    }
    histories = result.of(Journey.HISTORY, Journey.SUPPORT_DESK)
    return {
        "ledger_exact_ratio": (
            None
            if orders is None or invoices is None or facts.captured is None
            else _sound(ledger_exact_ratio, orders, invoices, facts.captured)
        ),
        "charged_once_ratio": (
            None
            if orders is None or facts.provider is None
            else _sound(charged_once_ratio, orders, facts.provider, answers)
        ),
        "running_total_exact": (
            None
            if totals_before is None or totals_after is None
            else _sound(running_total_exact, totals_before, totals_after)
        ),
        "idempotent_replay_ratio": (
            None
            if facts.provider is None or invoices is None or facts.of_buyers is None
            else _sound(idempotent_replay_ratio, result.replays, facts.provider, invoices, untold)
        ),
        "stock_reserved_ratio": (
            None
            if orders is None or facts.reserved is None
            else _sound(stock_reserved_ratio, orders, facts.reserved)
        ),
        "history_correct_ratio": (
            None
            if facts.history is None
            else _sound(history_correct_ratio, histories, facts.history)
        ),
        "reference_answers_ratio": _sound(
            reference_answers_ratio, references, result.of(Journey.BASKET), orders or ()
        ),
    }


def _sound(check: Callable[P, float | None], *facts: P.args, **more: P.kwargs) -> float | None:
    """The outcome of `check`; 0.0 where rows make no sense to it: a release may store anything."""
    try:
        return check(*facts, **more)
    except SENSELESS:
        return 0.0
