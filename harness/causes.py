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


@dataclass(frozen=True)
class Answer:
    """What a diagnosis must say to be right."""

    services: tuple[str, ...]
    mechanisms: tuple[Mechanism, ...]


NOTHING_WRONG = Answer((NOWHERE,), (Mechanism.NO_FAULT,))
"""What to say where the trouble was never ours and is over."""


class TriggerKind(StrEnum):
    """What sets a fault off."""

    DEPLOY = "deploy"
    """The release itself, as soon as it is out."""
    DATABASE_FAILOVER = "database-failover"
    """The service's database ends every connection once and takes new ones at once, as a managed
    database does when it fails over. The bad release is out by then, and looks well."""
    MODEL_SLOW = "model-slow"
    """The model provider takes seconds for an answer, until the drill ends, and says so on its
    status page. The bad release is out by then, and looks well."""
    TRAFFIC = "traffic"
    """Customers come by another load profile, until the drill ends. Nobody has to release anything:
    what cannot carry them is the shop as it is."""


@dataclass(frozen=True)
class Trigger:
    """What sets a fault off, `after_s` seconds after its release is out; where there is none,
    after the first release of the drill is due."""

    kind: TriggerKind = TriggerKind.DEPLOY
    after_s: float = 0.0
    load_profile: str = ""
    """By which customers then come; only with `traffic`."""


BY_DEPLOY = Trigger()


@dataclass(frozen=True)
class Mitigation:
    """What takes the harm away before anybody has mended anything."""

    flag: str = ""
    """The feature flag of the fault's service that is switched off; empty: the release is rolled
    back."""


BY_ROLLBACK = Mitigation()


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
