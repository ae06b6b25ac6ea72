"""One load: everything that its users share."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loadgen.catalogue import ask_catalogue, read_catalogue
from loadgen.course import Course
from loadgen.journeys import JOURNEYS, Journey
from loadgen.ledger import Ledger
from loadgen.settings import Settings
from loadgen.trace import TraceIdSource
from loadgen.visit import Visit
from loadgen.world import World

VISITORS = 60
"""Customers who shop at the same time, at SCALE=1."""
HEADROOM = 1.5
SPARE_CONNECTIONS = 50


@dataclass
class Load:
    """What is shared; `rates_per_s` is set by the shape as stages go by."""

    settings: Settings
    course: Course
    world: World
    trace_ids: TraceIdSource
    ledger: Ledger = field(default_factory=Ledger)
    rates_per_s: Mapping[str, float] = field(default_factory=dict)
    """Arrivals a second by journey at SCALE=1, just now."""

    def rate_per_s(self, journey: str) -> float:
        """Arrivals a second that are wanted just now."""
        return self.rates_per_s[journey] * self.settings.scale

    def learn(self, journey: Journey, answer: Mapping[str, Any], visit: Visit) -> None:
        """Take from an answer what later requests need."""
        journey.learn(answer, self.world)
        self.world.answered(visit, answer)
        self.ledger.learnt(journey.name, answer)

    @property
    def most_in_flight(self) -> int:
        """More than can be unanswered at once, since each request ends at its timeout."""
        rate_per_s = self.course.highest_rate_per_s * self.settings.scale
        return math.ceil(rate_per_s * self.settings.timeout_s * HEADROOM) + SPARE_CONNECTIONS


def prepare(settings: Settings) -> Load:
    """Read and check all that the load needs; raises BadLoad."""
    names = [journey.name for journey in JOURNEYS]
    course = Course(settings.profile_file, names, settings.control_file)
    file = settings.catalogue_file
    catalogue = read_catalogue(file) if file else ask_catalogue(settings.gateway_url)
    rng = random.Random(settings.load_seed)  # noqa: S311 - choices, not secrets
    visitors = max(1, round(VISITORS * settings.scale))
    world = World(catalogue, rng, visitors, lambda: course.profile.baskets)
    trace_ids = TraceIdSource(settings.sampled_share, settings.client_remark)
    return Load(settings, course, world, trace_ids, rates_per_s=course.rates_at(0))
