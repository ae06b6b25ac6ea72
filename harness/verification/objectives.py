"""Bounds on the measures of a verification run, and whether they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.model import Objective

DEFAULT_OBJECTIVES: tuple[Objective, ...] = (
    Objective("checkout_success_ratio", at_least=0.98),
    Objective("basket_success_ratio", at_least=0.98),
    Objective("history_success_ratio", at_least=0.98),
    Objective("track_success_ratio", at_least=0.98),
    Objective("feed_success_ratio", at_least=0.98),
    Objective("checkout_p95_ms", at_most=2500.0),
    Objective("basket_p95_ms", at_most=1500.0),
    Objective("history_p95_ms", at_most=1000.0),
    Objective("support_desk_p95_ms", at_most=1500.0),
    Objective("feed_p95_ms", at_most=1000.0),
    Objective("longest_wait_ms", at_most=9000.0),
    Objective("statements_per_history", at_most=6.0),
    Objective("ledger_exact_ratio", at_least=1.0),
    Objective("running_total_exact", at_least=1.0),
    Objective("idempotent_replay_ratio", at_least=1.0),
    Objective("charged_once_ratio", at_least=1.0),
    Objective("history_correct_ratio", at_least=1.0),
    Objective("reference_answers_ratio", at_least=1.0),
    Objective("stock_reserved_ratio", at_least=1.0),
    Objective("reconciliation_honest", at_least=1.0),
    Objective("summaries_written_ratio", at_least=0.8),
)
"""The same for every drill, so that what is tested says nothing about what is wrong."""


@dataclass(frozen=True)
class ObjectiveResult:
    """One objective and how it came out."""

    measure: str
    value: float | None
    """None: could not be known, and then the objective does not hold."""
    bound: str
    holds: bool


def bound_text(objective: Objective) -> str:
    """The bound as people write it: `≥ 0.98`, `≤ 2500`, `3 to 5`."""
    low, high = objective.at_least, objective.at_most
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"≥ {low:g}"
    return f"≤ {high:g}" if high is not None else "known"


def judge(
    measures: Mapping[str, float | None], objectives: Iterable[Objective]
) -> tuple[ObjectiveResult, ...]:
    """Hold `measures` against `objectives`, in their order; a measure that is absent is unknown."""
    return tuple(
        ObjectiveResult(
            measure=objective.measure,
            value=(value := measures.get(objective.measure)),
            bound=bound_text(objective),
            holds=objective.holds(value),
        )
        for objective in objectives
    )
