"""How hard to press the shop, and for how long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StressPlan:
    """How long to press the shop, and how many requests of each kind a second."""

    duration_s: float
    checkout_per_s: float
    basket_per_s: float
    history_per_s: float
    support_desk_per_s: float
    track_per_s: float
    feed_per_s: float
    reference_baskets: int
    """How many of the remembered baskets are asked for again."""
    watch_s: float = 2.0
    """For so long it is watched afterwards whether everything comes back to its level."""
    twins: bool = False
    """Whether some customers buy the same at the same moment, in opposite orders."""
    impostors: bool = False
    """Whether somebody answers in the payment provider's place meanwhile. Whoever refuses that says
    so in a log, which would be a false trail at the time of the page."""

    @classmethod
    def stress(cls, capacity_units: int) -> StressPlan:
        """Enough, on top of the steady load, to show every weakness of a shop of this size."""
        return cls(
            duration_s=10.0,
            # Steady load keeps half of the slots of a busy, these two thirds: no queue yet.
            checkout_per_s=2.5 * capacity_units,
            basket_per_s=1.0 * capacity_units,
            history_per_s=3.0 * capacity_units,
            support_desk_per_s=1.0 * capacity_units,
            track_per_s=4.0 * capacity_units,
            feed_per_s=4.0 * capacity_units,
            reference_baskets=10,
            watch_s=6.0,
            twins=True,
            impostors=True,
        )

    @classmethod
    def probe(cls, capacity_units: int) -> StressPlan:
        """A short, gentle look that a struggling shop survives."""
        return cls(
            duration_s=3.0,
            checkout_per_s=2.0 * capacity_units,
            basket_per_s=1.0 * capacity_units,
            history_per_s=2.0 * capacity_units,
            support_desk_per_s=1.0 * capacity_units,
            track_per_s=2.0 * capacity_units,
            feed_per_s=4.0 * capacity_units,
            reference_baskets=5,
        )
