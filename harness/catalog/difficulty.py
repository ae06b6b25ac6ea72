"""How hard a scenario is, from facts that can be counted, or were measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.catalog.reader import Catalog
from harness.causes import Family
from harness.model import ClueKind, EvidenceClue, Fault, Scenario

SLOW_PAR_S = 120.0
"""From then on it took even the responder long to stop the harm."""
MANY_DECOYS = 6
_WEIGHTS = {
    "no_rollback": 2,
    "several_causes": 2,
    "some_signals_away": 1,
    "most_signals_away": 1,
    "decoys": 1,
    "slow_par": 1,
}
_HARD_FROM, _MODERATE_FROM = 4, 2


class Level(StrEnum):
    """Of difficulty, from the easiest on."""

    EASY = "easy"
    MODERATE = "moderate"
    HARD = "hard"


@dataclass(frozen=True)
class Difficulty:
    """A level with the facts that it follows from. The facts hint at the answer: they are for who
    chooses a drill, not for who plays it."""

    level: Level
    points: int
    """The sum of what makes it hard; compares scenarios of one level."""
    faults: int
    rollback_heals: bool
    """Whether rolling the bad releases back is enough."""
    signals: int
    """Metrics, log lines and traces that are evidence."""
    signals_away: int
    """Those of them that lead to another service than the one that is the cause."""
    decoys: int
    """Harmless releases and passing troubles of others."""
    par_s: float | None
    """Seconds from the trouble until the responder had stopped the harm; None: never measured."""


def difficulty_of(
    catalog: Catalog, drill: Scenario | Family, par_s: Mapping[str, float] | None = None
) -> Difficulty | None:
    """How hard a scenario is, and of a family the hardest that it may draw; None where nothing is
    wrong. `par_s` has the responder's seconds by scenario, as far as they are known.

    Raises BadFile.
    """
    known = par_s or {}
    if isinstance(drill, Family):
        of_each = (difficulty_of(catalog, catalog.scenario(id_), known) for id_ in drill.one_of)
        found = [one for one in of_each if one is not None]
        return max(found, key=lambda one: one.points, default=None)
    faults = [catalog.fault(id_) for id_ in drill.faults]
    if not faults:
        return None
    services = [entry.name for entry in catalog.topology()]
    signals = [(f, clue) for f in faults for clue in f.evidence if clue.kind != ClueKind.COMMIT]
    away = sum(_is_away(clue, fault, services) for fault, clue in signals)
    decoys = len(drill.decoys) + len(drill.blips)
    par = known.get(drill.id)
    heals = all(one.release is not None and not one.mitigation.flag for one in faults)
    holds = {
        "no_rollback": not heals,
        "several_causes": len(faults) > 1,
        "some_signals_away": away > 0,
        "most_signals_away": 2 * away > len(signals),
        "decoys": decoys >= MANY_DECOYS,
        "slow_par": par is not None and par >= SLOW_PAR_S,
    }
    points = sum(_WEIGHTS[name] for name, is_so in holds.items() if is_so)
    return Difficulty(_level(points), points, len(faults), heals, len(signals), away, decoys, par)


def _level(points: int) -> Level:
    if points >= _HARD_FROM:
        return Level.HARD
    return Level.MODERATE if points >= _MODERATE_FROM else Level.EASY


def _is_away(clue: EvidenceClue, fault: Fault, services: list[str]) -> bool:
    named = {name for name in services if re.search(rf"(?<!\w){name}(?!\w)", clue.find)}
    return bool(named - {fault.service})
