"""What the harness talks about: plain, frozen data with no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from harness.causes import BY_DEPLOY, BY_ROLLBACK, Blip, Mitigation, Trigger
from harness.causes import NOTHING_WRONG as NOTHING_WRONG
from harness.causes import Answer as Answer
from harness.causes import Mechanism as Mechanism

"""What can run the shop."""
THIRD_PARTY_PROFILES = ("normal", "busy", "slow", "hiccup", "down")
"""How the payment provider and the carriers can behave."""


class Role(StrEnum):
    INSTRUCTOR = "instructor"
    PARTICIPANT = "participant"


@dataclass(frozen=True)
class Release:
    """One version of one service, as a colleague shipped it."""

    service: str
    version_from: str
    version_to: str
    summary: str
    author_name: str
    author_email: str
    patch: Path | None = None
    """A `git format-patch` mail; None for a release without a code change."""
    hours_ago: tuple[float, float] | None = None
    """Between how many hours before the drill it went out; None: its place is the history's."""


@dataclass(frozen=True)
class DetectRule:
    """An alert that must fire within `within_s` seconds of the trigger."""

    alert: str
    within_s: float


@dataclass(frozen=True)
class Objective:
    """One bound on one measure of the verification run (see harness.measures)."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, value: float | None) -> bool:
        """True where `value` lies within the bounds; an unknown value never does."""
        if value is None or value != value:
            return False
        if self.at_least is not None and value < self.at_least:
            return False
        return self.at_most is None or value <= self.at_most

    def and_also(self, other: Objective) -> Objective:
        """Both bounds on the same measure: of each, the one that is harder to keep."""
        lows = [one for one in (self.at_least, other.at_least) if one is not None]
        highs = [one for one in (self.at_most, other.at_most) if one is not None]
        return Objective(self.measure, max(lows, default=None), min(highs, default=None))


class ClueKind(StrEnum):
    """By what tool a clue is found."""

    METRIC = "metric"
    LOG = "log"
    TRACE = "trace"
    COMMIT = "commit"


@dataclass(frozen=True)
class EvidenceClue:
    """Something that a participant can find: a query, trace shape, log pattern or commit."""

    kind: ClueKind
    find: str
    shows: str


@dataclass(frozen=True)
class LatentForm:
    """How a fault lies in wait: its release went out long before the drill and is what runs when it
    begins, in a shop that is healthy with it until the trigger comes."""

    trigger: Trigger
    hours_ago: tuple[float, float]
    """Between how many hours before the drill the release went out."""
    load_profile: str = ""
    """By which customers come until then; empty: the scenario's."""
    third_party_profile: str = ""
    """By which third parties behave until then; empty: the scenario's."""
    detect: tuple[DetectRule, ...] = ()
    """The alerts that must fire then; empty: the fault's."""


@dataclass(frozen=True)
class Fault:
    """A folder under faults/: one bad release, or what the shop cannot carry, with its answer."""

    id: str
    title: str
    folder: Path
    service: str
    mechanism: Mechanism
    locus: str
    release: Release | None
    """None where nothing was released: the clean tree itself gives way."""
    detect: tuple[DetectRule, ...]
    evidence: tuple[EvidenceClue, ...]
    verify: tuple[Objective, ...]
    hints: tuple[str, ...]
    accepts: Answer
    action_items: tuple[str, ...]
    fix_patch: Path
    cheat_patches: tuple[Path, ...]
    notes: Path
    trigger: Trigger = BY_DEPLOY
    mitigation: Mitigation = BY_ROLLBACK
    latent: LatentForm | None = None
    """The other form that it can be played in, if it has one."""

    @property
    def is_shipped_live(self) -> bool:
        """Whether its release goes out while the drill runs: neither before, nor not at all."""
        return self.release is not None and self.release.hours_ago is None

    @property
    def is_latent(self) -> bool:
        """Whether it is in its latent form: its release was out long before the drill."""
        return self.release is not None and self.release.hours_ago is not None


@dataclass(frozen=True)
class Decoy:
    """A harmless release that looks as suspicious as a bad one."""

    id: str
    release: Release
    body: str = ""


@dataclass(frozen=True)
class Scenario:
    """Which faults, decoys, load and third-party behaviour make one drill."""

    id: str
    title: str
    faults: tuple[str, ...]
    decoys: tuple[str, ...]
    load_profile: str
    third_party_profile: str
    agenda: str
    blips: tuple[Blip, ...] = ()


@dataclass(frozen=True)
class PlannedRelease:
    """A release with its place in the drill's history."""

    release: Release
    committed_at: datetime
    deployed_at: datetime | None
    """When it was deployed before the drill; None for one that is deployed live."""
    is_culprit: bool = False
    live_offset_s: float | None = None
    """Seconds after (before, if negative) the trigger at which it is deployed live."""
    body: str = ""
    """The rest of the commit's message, for a release without a patch to take it from."""


@dataclass(frozen=True)
class BuiltRelease:
    """A version of a service, checked out and ready to run."""

    service: str
    version: str
    commit: str
    path: Path
    """Root of the checkout: holds `services/`."""


@dataclass(frozen=True)
class ServiceEntry:
    """One row of services/topology.toml."""

    name: str
    port: int
    version: str
    """The version that the clean tree is."""
    database: str | None
    calls: tuple[str, ...]
    summary: str = ""
    flags: tuple[str, ...] = ()
    """Feature flags that the service has, each on unless switched off."""


@dataclass(frozen=True)
class ProcessSpec:
    """A process that the runtime is asked to run."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    log_path: Path
    ready_url: str | None = None
    """Polled until it answers 200; None: ready as soon as it runs."""
    ready_timeout_s: float = 20.0
    stop_timeout_s: float = 5.0
    ready_login: tuple[str, str] | None = field(default=None, repr=False)
    """User and password by which `ready_url` is asked, where that wants any."""
    may_be_missing: bool = False
    """The drill goes on where it does not start, or ends."""


@dataclass(frozen=True)
class Mount:
    """A file or folder of this machine, as a container sees it."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True)
class ContainerSpec(ProcessSpec):
    """A process that is to run in a container of its own; `argv` and `env` are the container's."""

    mounts: tuple[Mount, ...] = ()
    reaches: tuple[str, ...] = ()
    """Places outside, each `host:port`, that the front's network lets it reach by a proxy."""


@dataclass(frozen=True)
class ProcessInfo:
    """A process of the stack as the runtime sees it."""

    name: str
    pid: int | None
    alive: bool
    exit_code: int | None = None


@dataclass(frozen=True)
class StackPlan:
    """Everything the runtime needs to bring a shop up."""

    drill_id: str
    run_dir: Path
    port_offset: int
    capacity_units: int
    topology: tuple[ServiceEntry, ...]
    releases: Mapping[str, BuiltRelease]
    service_env: Mapping[str, str]
    """Added to every service's environment (third parties, telemetry)."""
    sidecars: tuple[ProcessSpec, ...] = ()
    """Started after Postgres and before the services, in order."""


@dataclass(frozen=True)
class Taker:
    """Somebody who uses the processor, and how many cores of it."""

    program: str
    cores: float


@dataclass(frozen=True)
class MachineLoad:
    """What the machine under a drill was busy with for some seconds."""

    cores: int
    waiting_share: float | None
    """Of the time, in which something runnable waited for a core; None where nobody counts it."""
    stolen_share: float
    """Of the machine, that its hypervisor gave to others."""
    others_cores: float
    """Used by what is not of the drill."""
    takers: tuple[Taker, ...] = ()
    """The greediest of those, as far as one may know."""


@dataclass(frozen=True)
class Pager:
    """Who decides which alerts a person is called for: an Alertmanager, or the host itself."""

    why: str
    """Of an Alertmanager, which one it is; of the host, why there is none."""
    command: tuple[str, ...] = ()
    """Of Alertmanager, without arguments; empty: the host's own pager."""

    def __str__(self) -> str:
        return f"{'Alertmanager' if self.command else 'embedded pager'}: {self.why}"


@dataclass(frozen=True)
class Alert:
    """One alert as Prometheus or Alertmanager delivered it."""

    fingerprint: str
    name: str
    severity: str
    summary: str
    starts_at: datetime
    ends_at: datetime | None = None
    """Of a resolved alert its end; else until when it holds unless sent again (None: for good)."""
    resolved: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
