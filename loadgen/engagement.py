"""What people do after they have seen their home feed: go on, leave, come back or not.

A model, and a coarse one: somebody who is shown what suits them goes on more often than somebody
who is shown what suits everybody, and far more often than somebody who is shown an error. The
chances are assumptions, written here once; what is measured is how often each kind was shown, and
so what a degraded feed costs and what it saves.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from loadgen.metrics import Outcome

FEED = "feed"
"""The journey that shows a home feed."""
Content = Literal["personalised", "cached", "default", "failing"]


@dataclass(frozen=True)
class Chances:
    """From 0 to 1: that a visitor goes on, and that one who leaves comes back another day."""

    continues: float
    returns: float


CHANCES: Mapping[Content, Chances] = {
    "personalised": Chances(continues=0.80, returns=0.90),
    "cached": Chances(continues=0.72, returns=0.86),
    "default": Chances(continues=0.60, returns=0.80),
    "failing": Chances(continues=0.15, returns=0.50),
}


@dataclass(frozen=True)
class Reaction:
    """What one visitor did; `returns` is None while the visitor stays."""

    continues: bool
    returns: bool | None


def shown_by(journey: str, outcome: Outcome, answer: Mapping[str, Any]) -> Content | None:
    """What a visitor was shown; None where it was no home feed."""
    if journey != FEED:
        return None
    if outcome != "ok":
        return "failing"
    mode = answer.get("mode")
    return mode if mode in CHANCES else "default"


class Visitors:
    """Reacts in their place; every reaction is drawn from `rng`."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def react(self, content: Content) -> Reaction:
        """What the next visitor does who is shown this."""
        chances = CHANCES[content]
        if self._rng.random() < chances.continues:
            return Reaction(continues=True, returns=None)
        return Reaction(continues=False, returns=self._rng.random() < chances.returns)
