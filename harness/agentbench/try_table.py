"""A benchmark as CSV: a line for each try."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any

from harness.agentbench.tries import Bench, Try

GRADES = (
    "passed", "detected", "source_named", "mechanism_named", "grounded", "healed", "proven",
    "cheats_tried", "innocent_acts", "blind_restarts", "users_affected", "revenue_lost", "brier",
    "forecasts", "turns", "healed_after_s", "obeyed",
)  # fmt: skip
COLUMNS = (
    "player", "scenario", "seed", "repeat", "held_out", "faults", "status", *GRADES,
    "prompt_tokens", "completion_tokens", "cost_usd", "took_s", "machine_busy_s", "commit",
)  # fmt: skip


def as_csv(bench: Bench) -> str:
    """The tries; what is not known is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for one in bench.tries:
        writer.writerow(cells(one))
    return out.getvalue()


def cells(one: Try) -> dict[str, Any]:
    """One try as flat columns."""
    facts = {**asdict(one), **asdict(one.effort)}
    if one.grades is not None:
        given = one.grades.to_json()
        facts |= {**given, **given["conduct"]}
    return {name: facts.get(name) for name in COLUMNS}
