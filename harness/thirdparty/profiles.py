"""How the third parties behave: named profiles, switched while they run."""

from __future__ import annotations

import random
from dataclasses import dataclass

from harness.errors import UnknownName


@dataclass(frozen=True)
class Span:
    """A uniform range of durations in milliseconds."""

    low_ms: float
    high_ms: float

    def draw_s(self, rng: random.Random) -> float:
        """One duration from the range, in seconds."""
        return rng.uniform(self.low_ms, self.high_ms) / 1000


FAST = Span(20, 60)
SECONDS = Span(1000, 2000)
HICCUP = Span(600, 800)
"""Of look-ups alone: longer than most callers like, and far from what they give up at."""


@dataclass(frozen=True)
class Profile:
    """The behaviour of every third party at once; `status` is what the status page admits."""

    name: str
    handshake: Span = FAST
    """Wait before a new connection's TLS handshake is answered."""
    response: Span = FAST
    """Wait before a charge on an established connection is answered."""
    look_up: Span = Span(30, 50)
    """Wait of each logistics answer."""
    accepts: bool = True
    """False: the provider's port refuses connections."""
    declined_percent: float = 0.0
    status: str = "operational"


# `busy` is slow only in connecting. With slow responses every configuration of the shop runs out
# of database connections, good timeouts included, so nothing could be told apart.
PROFILES = {
    profile.name: profile
    for profile in (
        Profile("normal"),
        Profile("busy", handshake=SECONDS),
        Profile("slow", response=SECONDS, status="degraded_performance"),
        Profile("hiccup", look_up=HICCUP),
        Profile("down", accepts=False, status="major_outage"),
    )
}


def profile_named(name: str) -> Profile:
    """The profile called `name`; raises UnknownName with the nearest ones."""
    try:
        return PROFILES[name]
    except KeyError:
        raise UnknownName("third-party profile", name, PROFILES) from None


class Behaviour:
    """The profile in force, and the seeded source of every wait drawn from it."""

    def __init__(self, profile: Profile, seed: int) -> None:
        self.profile = profile
        self.rng = random.Random(seed)  # noqa: S311 - waits, not secrets
        self.renewals = 0
        """How often the provider's certificate was renewed."""
        self.hangs_up = False
        """Whether each connection to the provider ends after its next answer."""

    def handshake_s(self) -> float:
        return self.profile.handshake.draw_s(self.rng)

    def response_s(self) -> float:
        return self.profile.response.draw_s(self.rng)

    def look_up_s(self) -> float:
        return self.profile.look_up.draw_s(self.rng)
