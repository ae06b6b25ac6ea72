"""What a verification run measures, under the names that objectives use."""

from __future__ import annotations

from collections.abc import Mapping

Measures = Mapping[str, float | None]
"""Measure name → value; None where it could not be known."""

MEASURE_NAMES: tuple[str, ...] = (
    "checkout_success_ratio",
    "basket_success_ratio",
    "history_success_ratio",
    "track_success_ratio",
    "feed_success_ratio",
    "checkout_p95_ms",
    "basket_p95_ms",
    "history_p95_ms",
    "support_desk_p95_ms",
    "feed_p95_ms",
    "longest_wait_ms",
    "statements_per_history",
    "ledger_exact_ratio",
    "running_total_exact",
    "idempotent_replay_ratio",
    "charged_once_ratio",
    "history_correct_ratio",
    "reference_answers_ratio",
    "stock_reserved_ratio",
    "reconciliation_honest",
    "summaries_written_ratio",
)
"""Every run reports all of these, in this order."""

LATENCY_MEASURES: frozenset[str] = frozenset(name for name in MEASURE_NAMES if name.endswith("_ms"))
"""Those that say something only of a shop that has the machine to itself."""
