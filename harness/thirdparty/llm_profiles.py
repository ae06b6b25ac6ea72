"""How the model provider behaves: named profiles, switched while it runs."""

from __future__ import annotations

import random
from dataclasses import dataclass

from harness.errors import UnknownName
from harness.thirdparty.profiles import Span

PROMPT = Span(60, 160)


@dataclass(frozen=True)
class ModelProfile:
    """The behaviour of the model provider; `status` is what its status page admits."""

    name: str
    response: Span = PROMPT
    """Wait before a completion is answered."""
    is_available: bool = True
    """False: every completion is refused with 503."""
    is_sensible: bool = True
    """False: answers come in time and in form, and say nothing of what was asked."""
    status: str = "operational"


MODEL_PROFILES = {
    profile.name: profile
    for profile in (
        ModelProfile("normal"),
        ModelProfile("slow", response=Span(3000, 6000), status="degraded_performance"),
        ModelProfile("failing", is_available=False, status="major_outage"),
        # The status page stays green: no provider reports that its answers got worse.
        ModelProfile("poor-quality", is_sensible=False),
    )
}


def model_profile_named(name: str) -> ModelProfile:
    """The profile called `name`; raises UnknownName with the nearest ones."""
    try:
        return MODEL_PROFILES[name]
    except KeyError:
        raise UnknownName("model provider profile", name, MODEL_PROFILES) from None


class ModelBehaviour:
    """The profile in force, and the seeded source of every wait drawn from it."""

    def __init__(self, profile: ModelProfile, seed: int) -> None:
        self.profile = profile
        self._rng = random.Random(seed)  # noqa: S311 - waits, not secrets

    def response_s(self) -> float:
        return self.profile.response.draw_s(self._rng)
