"""Whether the bounds on the measures of a verification run hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.model import Objective


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
