"""What goes wrong, what sets it off, and what only looks as if something were wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mechanism(StrEnum):
    """The kinds of cause that a diagnosis can name."""

    TIMEOUT_MISCONFIGURED = "timeout-misconfigured"
    NUMERIC_PRECISION = "numeric-precision"
    CIRCULAR_CALL = "circular-call"
    N_PLUS_ONE = "n-plus-one"
    POOL_TOO_SMALL = "pool-too-small"
    CONNECTION_NOT_RECOVERED = "connection-not-recovered"
    SLOW_DEPENDENCY = "slow-dependency"
    BAD_CONFIGURATION = "bad-configuration"
    OVERLOAD = "overload"
    NO_FAULT = "no-fault"


NOWHERE = "none"
"""The service of a diagnosis that says that nothing is wrong."""


class TriggerKind(StrEnum):
    """What sets a fault off."""

    DEPLOY = "deploy"
    """The release itself, as soon as it is out."""
    DATABASE_FAILOVER = "database-failover"
    """The service's database ends every connection once and takes new ones at once, as a managed
    database does when it fails over. The bad release is out by then, and looks well."""


@dataclass(frozen=True)
class Trigger:
    """What sets a fault off, `after_s` seconds after its release is out."""

    kind: TriggerKind = TriggerKind.DEPLOY
    after_s: float = 0.0


BY_DEPLOY = Trigger()


@dataclass(frozen=True)
class Blip:
    """Third parties behave by another profile, `after_s` seconds into the drill's events, for
    `for_s` seconds, and then as before: nothing of ours is wrong, and nothing is to be done."""

    profile: str
    after_s: float
    for_s: float


@dataclass(frozen=True)
class Family:
    """Scenarios that look alike from outside; each drill is one of them, drawn by its seed."""

    id: str
    title: str
    one_of: tuple[str, ...]
    agenda: str
    """Of every drill of this family, whatever its scenario says."""
