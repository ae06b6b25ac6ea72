"""What a drill is, as it was drawn and configured before anything started."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness import ports
from harness.drill.lifecycle.resume import LeftOff
from harness.drill.lifecycle.seal import Seal
from harness.errors import UnknownName
from harness.exercise.agenda import Agenda
from harness.exercise.guards import BoundGuard
from harness.model import Decoy, Fault, Scenario, ServiceEntry
from harness.ports import StackPorts
from harness.scoring.lure import Lure

KEPT_DIR = "kept"
JOURNAL_DIR = "journal"
"""In there: traces and log lines."""
PART_SEED_BYTES = 6
"""Fewer bits than the drill's own seed has, so that several of those fit what is found."""


@dataclass(frozen=True)
class Pace:
    """How quickly things happen; unattended runs set all of it to nearly nothing."""

    trigger_delay_s: float
    deploy_s: float
    decoy_gap_s: float


@dataclass(frozen=True)
class Places:
    """Where the parts of the drill answer. All on 127.0.0.1."""

    api_url: str
    gateway_url: str
    prometheus_url: str
    recorder_url: str
    provider_status_url: str
    services: Mapping[str, str]
    ai_gate_url: str = ""
    model_status_url: str = ""

    @classmethod
    def of(cls, stack: StackPorts) -> Places:
        """The addresses of a drill that has these ports."""
        services = {name: f"http://127.0.0.1:{port}" for name, port in stack.services.items()}
        return cls(
            api_url=stack.url(ports.API),
            gateway_url=services["gateway"],
            prometheus_url=stack.url(ports.PROMETHEUS),
            recorder_url=stack.url(ports.RECORDER),
            provider_status_url=stack.url(ports.PROVIDER_STATUS),
            model_status_url=stack.url(ports.MODEL_STATUS),
            services=services,
            ai_gate_url=stack.url(ports.AI_GATE),
        )


@dataclass(frozen=True)
class DrillSpec:
    """Everything that was drawn or configured: nothing here changes while the drill runs."""

    drill_id: str
    run_dir: Path
    seed: int
    scenario: Scenario
    faults: tuple[Fault, ...]
    topology: tuple[ServiceEntry, ...]
    agenda: Agenda
    pace: Pace
    places: Places
    decoys: tuple[Decoy, ...] = ()
    seal: Seal | None = None
    """The commitment to the answer; None in a drill that has none."""
    runtime: str = "local"
    port_offset: int = 0
    capacity_units: int = 1
    """How many times the load, and what serves it, are those of one small machine."""
    speed: float = 1.0
    """How many times faster than real time the agenda runs."""
    load_workers: int = 1
    """How many processes send the load."""
    trace_ratio: float = 1.0
    """The share of requests whose trace is kept, 0 to 1."""
    operations_token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    """What the shop's own operations are known by at the gateway."""
    channel_url: str = field(default="", repr=False)
    """The webhook of the team's incident channel; empty where there is none."""
    left_off: LeftOff | None = None
    """The drill that this one goes on with."""
    guards: tuple[BoundGuard, ...] = ()
    """The checks that earlier drills' action items are bound to."""
    people_known: bool = False
    """Whether names come from a hub that knows its people, and are not what somebody claims."""
    is_kept: bool = False
    """Whether its telemetry and the shop's repository stay for its review."""
    lure: Lure | None = None
    """The instruction in the shop's data; None: there is none."""
    ai_vendors: frozenset[str] = frozenset()
    """The vendors for whose models the gate has a key; none: it stays closed."""

    @property
    def kept_dir(self) -> Path:
        """What stays of it beside the record, for its review."""
        return self.run_dir / KEPT_DIR

    def require_service(self, name: str) -> None:
        """Raises UnknownName where the shop has no service called `name`."""
        names = [entry.name for entry in self.topology]
        if name not in names:
            raise UnknownName("service", name, names)

    def seed_of(self, part: str) -> int:
        """The seed of one part of the stack. Whoever collects enough of what a generator draws
        knows its seed, and is not to know this drill's by it."""
        digest = hashlib.sha256(f"{part} {self.seed}".encode()).digest()
        return int.from_bytes(digest[:PART_SEED_BYTES], "big")

    @property
    def ports(self) -> StackPorts:
        """The ports of this drill."""
        return StackPorts.of(self.topology, self.port_offset)
