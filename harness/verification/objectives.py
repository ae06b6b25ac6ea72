"""Whether the bounds on the measures of a verification run hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


SILENCE = "alerts_firing"
"""The objective that is judged last, once all the measured ones hold."""


def nearest_bound(
    measures: Mapping[str, float | None], objectives: Iterable[Objective]
) -> str | None:
    """Which of the bounds that hold is nearest to being missed, as people write it; None where
    nothing is bounded by more than zero. Of a cheat that fires an alert and fails nothing else, it
    tells where an objective could have noticed."""
    found: list[tuple[float, str]] = []
    for one in objectives:
        value = measures.get(one.measure)
        if value is not None and one.holds(value):
            said = f"{one.measure} {value:.4g}, {bound_text(one)}"
            found += [(margin, said) for margin in _margins(one, value)]
    return min(found)[1] if found else None


@dataclass(frozen=True)
class Margin:
    """How far a measure is from its bound: a share of the room that the bound leaves, below zero
    where it misses it, and None where it is exact or not known."""

    objective: str
    value: float | None
    bound: str
    margin: float | None
    holds: bool


def margins(
    measures: Mapping[str, float | None], objectives: Iterable[Objective]
) -> tuple[Margin, ...]:
    """Each objective with what is left of its room: those that are missed come first, and of the
    rest the nearest."""
    found = []
    for one in objectives:
        value = measures.get(one.measure)
        room = None if value is None else min(_margins(one, value), default=None)
        found.append(Margin(one.measure, value, bound_text(one), room, one.holds(value)))
    return tuple(sorted(found, key=lambda one: (one.holds, one.margin is None, one.margin or 0)))


def _margins(objective: Objective, value: float) -> Iterator[float]:
    """How much of the room that a bound leaves is left. What is exact has none: it is as it must
    be, or it is not."""
    low, high = objective.at_least, objective.at_most
    if low is not None and low < 1:  # all of these are shares
        yield (value - low) / (1 - low)
    if high:
        yield (high - value) / high


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
