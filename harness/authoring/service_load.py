"""`drill author load`: how much a healthy shop asks of one service, beside what the service has.

Measured and not reckoned, so that it stays true when journeys, answers or sizes change.
"""

from __future__ import annotations

import ast
import asyncio
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.drill.services import Metrics
from harness.drill.session import Session
from harness.errors import StackFailed
from harness.host.lifecycle import host
from harness.paths import REPO
from harness.settings import HostSettings
from harness.telemetry.prometheus import Sample
from harness.verification.stress_plan import StressPlan

WINDOW_S = 20
PORT_OFFSET = 22_500
PROFILE = "steady"
SIZES = ("worker_slots", "pool_size")
UNITS = ("_ms", "_s", "_size", "_slots", "_max", "_limit")
"""How settings end that bound something."""


@dataclass(frozen=True)
class Journey:
    """A way of customers through the shop: how often a second, and how often more in `verify`."""

    journey: str
    per_s: float
    verify_adds_per_s: float


@dataclass(frozen=True)
class Work:
    """What the service is asked, or asks a peer: how often a second, how long it takes, how many
    are at work at a time (rate times mean duration: Little's law), and SQL statements a request."""

    what: str
    per_s: float
    mean_ms: float
    p95_ms: float | None
    at_a_time: float
    statements: float | None = None


@dataclass(frozen=True)
class Bound:
    """What there is only so much of; and its use, mean and highest, where that is measured."""

    what: str
    has: float
    used_mean: float | None = None
    used_max: float | None = None


@dataclass(frozen=True)
class ServiceLoad:
    """Everything at SCALE=1; the scale multiplies rates and sizes alike."""

    service: str
    journeys: tuple[Journey, ...]
    asked: tuple[Work, ...]
    asks: tuple[Work, ...]
    bounds: tuple[Bound, ...]

    def as_data(self) -> dict[str, object]:
        """The same as JSON has it."""
        return asdict(self)


def measure_load(service: str, say: Callable[[str], None]) -> ServiceLoad:
    """Bring a healthy shop up, watch it for twenty seconds, and end it. Raises what keeps the shop
    from coming up, and StackFailed where it was ended before that."""
    measured: list[ServiceLoad] = []

    async def player(session: Session) -> None:
        say(f"measuring what {service} is asked, for {WINDOW_S} s")
        await asyncio.sleep(WINDOW_S)
        measured.append(await load_of(session.services.prometheus, service, REPO))

    with tempfile.TemporaryDirectory(prefix="load-") as home:
        settings = HostSettings(
            scenario="healthy", seed=1, port_offset=PORT_OFFSET, home=Path(home)
        )
        outcome = asyncio.run(host(settings, player=player))
    if outcome.error is not None:
        raise outcome.error
    if not measured:
        raise StackFailed("the shop ended before it was measured", "try once more")
    return measured[0]


async def load_of(prometheus: Metrics, service: str, root: Path) -> ServiceLoad:
    """What Prometheus has of the last seconds, beside the settings of the sources below `root`."""
    requests = _Timed(prometheus, service, "http_request_duration_seconds", ("method", "route"))
    calls = _Timed(prometheus, service, "outbound_request_duration_seconds", ("peer",))
    statements = await requests.mean_of("db_statements_per_request")
    return ServiceLoad(
        service,
        journeys_of(root),
        await requests.works(statements),
        await calls.works({}),
        await _bounds(prometheus, service, root),
    )


class _Timed:
    """A histogram of durations in seconds, for one service."""

    def __init__(
        self, prometheus: Metrics, service: str, metric: str, labels: tuple[str, ...]
    ) -> None:
        self._prometheus, self._metric, self._labels = prometheus, metric, labels
        self._where = f'{{service="{service}"}}[{WINDOW_S}s]'
        self._by = ", ".join(labels)

    async def works(self, statements: dict[str, float]) -> tuple[Work, ...]:
        """What was done most of the time first; what nobody asked for is left out."""
        rates = await self._sums(f"{self._metric}_count")
        means_s = await self.mean_of(self._metric)
        p95_s = self._named(
            await self._prometheus.query(
                f"histogram_quantile(0.95, sum by (le, {self._by}) "
                f"(rate({self._metric}_bucket{self._where})))"
            )
        )
        works = [
            Work(
                name,
                per_s,
                means_s[name] * 1000,
                p95_s[name] * 1000 if name in p95_s else None,
                per_s * means_s[name],
                statements.get(name),
            )
            for name, per_s in rates.items()
            if per_s > 0
        ]
        return tuple(sorted(works, key=lambda work: -work.at_a_time))

    async def mean_of(self, metric: str) -> dict[str, float]:
        """The mean of a histogram with the same labels, by their values."""
        counts, sums = await self._sums(f"{metric}_count"), await self._sums(f"{metric}_sum")
        return {name: sums[name] / count for name, count in counts.items() if count > 0}

    async def _sums(self, series: str) -> dict[str, float]:
        rate = f"sum by ({self._by}) (rate({series}{self._where}))"
        return self._named(await self._prometheus.query(rate))

    def _named(self, samples: list[Sample]) -> dict[str, float]:
        """By what a reader calls it: `GET /orders`, or the peer."""
        return {" ".join(one.labels[label] for label in self._labels): one.value for one in samples}


async def _bounds(prometheus: Metrics, service: str, root: Path) -> tuple[Bound, ...]:
    """Sizes with their use first, then the settings that bound something."""
    used = []
    for what, has, in_use in (
        ("worker slots", "worker_slots", "worker_slots_in_use"),
        ("database pool", "db_pool_size", "db_pool_in_use"),
    ):
        where = f'{in_use}{{service="{service}"}}[{WINDOW_S}s]'
        size = await prometheus.value(f'max({has}{{service="{service}"}})')
        if size is not None:
            mean = await prometheus.value(f"max(avg_over_time({where}))")
            most = await prometheus.value(f"max(max_over_time({where}))")
            used.append(Bound(what, size, mean, most))
    given = bounding_settings(root / "services" / service / "settings.py")
    return (*used, *(Bound(name, value) for name, value in given.items() if name not in SIZES))


def journeys_of(root: Path, profile_name: str = PROFILE) -> tuple[Journey, ...]:
    """A load profile, beside what a verification adds to it."""
    file = root / "loadgen" / "profiles" / f"{profile_name}.toml"
    profile = tomllib.loads(file.read_text(encoding="utf-8"))
    added = asdict(StressPlan.stress(1))
    rates: dict[str, float] = profile["rates_per_s"]
    return tuple(
        Journey(name, float(per_s), float(added.get(f"{name}_per_s", 0)))
        for name, per_s in rates.items()
    )


def bounding_settings(file: Path) -> dict[str, float]:
    """Numbers of a service's settings that bound waits and sizes, as the source has them."""
    found: dict[str, float] = {}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
            continue
        value = node.value.value if isinstance(node.value, ast.Constant) else None
        if isinstance(value, int | float) and node.target.id.endswith(UNITS):
            found[node.target.id] = value
    return found
