"""What a verification run measures, and the bounds that every drill is held to.

It stands below the catalog, so that a fault's objectives are checked against it when they are read.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.model import Objective

Measures = Mapping[str, float | None]
"""Measure name → value; None where it could not be known."""

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
    Objective("impostors_believed", at_most=0.0),
    Objective("history_correct_ratio", at_least=1.0),
    Objective("reference_answers_ratio", at_least=1.0),
    Objective("stock_reserved_ratio", at_least=1.0),
    Objective("reconciliation_honest", at_least=1.0),
    Objective("summaries_written_ratio", at_least=0.8),
    Objective("kept_for_nobody_ms", at_most=100.0),
    Objective("sessions_replaced", at_most=4.0),
    Objective("idle_transaction_ms", at_most=1000.0),
    Objective("oldest_task_s", at_most=15.0),
    Objective("memory_growth_mb", at_most=30.0),
    Objective("descriptors_growth", at_most=150.0),
    Objective("threads_growth", at_most=10.0),
)
"""The same for every drill, so that what is tested says nothing about what is wrong."""

MEASURE_NAMES: tuple[str, ...] = tuple(one.measure for one in DEFAULT_OBJECTIVES)
"""Every run reports all of these, in this order."""

LATENCY_MEASURES: frozenset[str] = frozenset(
    name for name in MEASURE_NAMES if name.endswith("_p95_ms") or name == "longest_wait_ms"
)
"""Those that say something only of a shop that has the machine to itself."""
