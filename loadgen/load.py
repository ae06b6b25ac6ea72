"""One load: everything that its users share."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loadgen.catalogue import read_catalogue
from loadgen.journeys import JOURNEYS, Journey
from loadgen.ledger import Ledger
from loadgen.settings import Settings
from loadgen.stages import Profile, read_profile
from loadgen.trace import TraceIdSource
from loadgen.world import World

VISITORS = 60
"""Customers who shop at the same time, at SCALE=1."""
HEADROOM = 1.5
SPARE_CONNECTIONS = 50


@dataclass
class Load:
    """What is shared; `multiplier` is set by the shape as stages go by."""

    settings: Settings
    profile: Profile
    world: World
    trace_ids: TraceIdSource
    ledger: Ledger = field(default_factory=Ledger)
    multiplier: float = 1.0

    def rate_per_s(self, journey: str) -> float:
        """Arrivals a second that are wanted just now."""
        return self.profile.rates_per_s[journey] * self.settings.scale * self.multiplier

    def learn(self, journey: Journey, answer: Mapping[str, Any]) -> None:
        """Take from an answer what later requests need."""
        journey.learn(answer, self.world)
        self.ledger.learnt(journey.name, answer)

    @property
    def most_in_flight(self) -> int:
        """More than can be unanswered at once, since each request ends at its timeout."""
        rate_per_s = self.profile.highest_rate_per_s * self.settings.scale
        return math.ceil(rate_per_s * self.settings.timeout_s * HEADROOM) + SPARE_CONNECTIONS


def prepare(settings: Settings) -> Load:
    """Read and check all that the load needs; raises BadLoad."""
    profile = read_profile(settings.profile_file, [journey.name for journey in JOURNEYS])
    catalogue = read_catalogue(settings.catalogue_file)
    rng = random.Random(settings.load_seed)  # noqa: S311 - choices, not secrets
    world = World(catalogue, rng, visitors=max(1, round(VISITORS * settings.scale)))
    load = Load(settings, profile, world, TraceIdSource(settings.sampled_share))
    load.multiplier = profile.multiplier_at(0)
    return load
