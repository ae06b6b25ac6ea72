"""Which port is whose. Every drill adds its offset; see docs/architecture.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.model import ServiceEntry

GRAFANA = 3000
POSTGRES = 5432
PROMETHEUS = 9090
ALERTMANAGER = 9093
API = 8900
AI_GATE = 8910
RECORDER = 8318
PROVIDER = 8443
PROVIDER_STATUS = 8444
LOGISTICS = 8450
MODEL = 8460
MODEL_STATUS = 8461
LOAD_METRICS = 8646
TUNNEL = 3128
"""Inside a network of containers alone: the way out for what pages people elsewhere."""


@dataclass(frozen=True)
class StackPorts:
    """The ports of one drill, all on 127.0.0.1."""

    offset: int
    services: Mapping[str, int]

    @classmethod
    def of(cls, topology: Iterable[ServiceEntry], offset: int) -> StackPorts:
        """The ports of a shop of these services."""
        return cls(offset, {entry.name: entry.port + offset for entry in topology})

    @property
    def all(self) -> tuple[int, ...]:
        """Every port that the drill listens on."""
        others = (
            GRAFANA,
            POSTGRES,
            PROMETHEUS,
            ALERTMANAGER,
            API,
            AI_GATE,
            RECORDER,
            PROVIDER,
            PROVIDER_STATUS,
            LOGISTICS,
            MODEL,
            MODEL_STATUS,
            LOAD_METRICS,
        )
        return (*self.services.values(), *(port + self.offset for port in others))

    def without(self, bases: Iterable[int]) -> tuple[int, ...]:
        """The same but for parts that are not started, such as `without({GRAFANA})`."""
        absent = {base + self.offset for base in bases}
        return tuple(port for port in self.all if port not in absent)

    def url(self, base: int) -> str:
        """The address of one of our own parts, such as `ports.url(PROMETHEUS)`."""
        return f"http://127.0.0.1:{base + self.offset}"
