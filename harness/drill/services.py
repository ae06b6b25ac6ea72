"""The running things that a drill works with, by what it asks of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from harness.model import Alert, MachineLoad
from harness.record.envelope import Envelope
from harness.record.events import Audience, Event
from harness.runtime.base import Runtime
from harness.telemetry.jaeger import JaegerTrace
from harness.telemetry.prometheus import Exemplar, Sample, Series
from harness.telemetry.silences import Silence
from harness.turns import Turns
from harness.verification.access import ShopAccess
from harness.verification.oracle import Oracle
from harness.workspace.workspace import Workspace


class DrillRecord(Protocol):
    """The record of a drill; each method raises RecordFailed where it cannot be had."""

    @property
    def drill_id(self) -> str: ...

    def append(self, event: Event, *, actor: str) -> Envelope:
        """Write an event; returns once it is durable."""

    def events(
        self, after_seq: int = 0, *, audience: Audience = "instructor", limit: int | None = None
    ) -> list[Envelope]:
        """What `audience` may see of what was recorded after `after_seq`, in order."""

    def last_seq(self) -> int:
        """The number of the newest event; 0 where there is none."""

    def drill_time_ms(self) -> int:
        """Milliseconds since the record was begun."""

    async def wait_beyond(self, seq: int) -> int:
        """The newest number, as soon as it is greater than `seq`."""

    def close(self) -> None:
        """Let go of the file; what was appended stays."""


class ThirdParties(Protocol):
    """What is outside the shop, by its private side."""

    async def set_profile(self, name: str) -> None:
        """Let them all behave by the profile called `name`. Raises UnknownName, StackFailed."""

    async def set_model_profile(self, name: str) -> None:
        """The same for the model provider, which has profiles of its own."""

    async def renew_certificate(self) -> None:
        """Let the payment provider show another certificate of the same authority. Raises
        StackFailed."""


class Customers(Protocol):
    """Those who use the shop: the load, by its private side."""

    def set_profile(self, name: str) -> None:
        """Let them come by the load profile called `name`. Raises UnknownName."""


class Metrics(Protocol):
    """What the shop's metrics say. Each method raises UsageError for an expression that is refused
    and StackFailed where nobody answers."""

    async def query(self, expr: str, at: datetime | None = None) -> list[Sample]:
        """The value of each series of `expr` now, or at a moment."""

    async def value(self, expr: str, at: datetime | None = None) -> float | None:
        """The only value of `expr`; None where there is no series, or the value is NaN."""

    async def query_range(
        self, expr: str, start: datetime, end: datetime, step_s: float = 1.0
    ) -> list[Series]:
        """The values of each series of `expr` from `start` to `end`, one every `step_s`."""

    async def query_exemplars(self, expr: str, start: datetime, end: datetime) -> list[Exemplar]:
        """The exemplars of the series in `expr` from `start` to `end`."""

    async def alerts(self) -> list[Alert]:
        """The alerts that fire now (not those that are pending)."""

    async def close(self) -> None:
        """Let go of all connections."""


class TracesAndLogs(Protocol):
    """What the shop's traces and logs say. Each method raises StackFailed where nobody answers."""

    async def operations(self, service: str) -> list[str]:
        """Operations of a service, such as `GET /orders`."""

    async def traces(
        self,
        service: str | None = None,
        operation: str | None = None,
        tags: Mapping[str, str] | None = None,
        min_duration_ms: float | None = None,
        max_duration_ms: float | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: int = 20,
    ) -> list[JaegerTrace]:
        """The newest traces in which one span of `service` has all of the rest, newest first."""

    async def trace(self, trace_id: str) -> JaegerTrace | None:
        """One trace; None where it never came or was dropped."""

    async def logs(
        self,
        service: str | None = None,
        level: str | None = None,
        trace_id: str | None = None,
        contains: str | None = None,
        since: str | None = None,
        after: str | None = None,
        before: str | None = None,
        limit: int = 100,
        *,
        until_ms: int | None = None,
    ) -> list[dict[str, Any]]:
        """The newest log records that match, oldest first; `after` and `before` are their `seq`,
        `until_ms` is the last moment that is asked for, since the epoch."""

    async def close(self) -> None:
        """Let go of all connections."""


class Machine(Protocol):
    """What the drill runs on."""

    def look(self) -> MachineLoad | None:
        """The load of the last seconds; None before anything is known. It blocks for a moment."""


class Silencers(Protocol):
    """An Alertmanager that is part of the stack, where participants silence alerts."""

    async def silences(self) -> list[Silence]:
        """All that it knows, those that are over among them. Raises StackFailed."""

    async def held_back(self) -> list[Alert]:
        """What fires and calls nobody, silenced or inhibited. Raises StackFailed."""

    async def close(self) -> None:
        """Let go of all connections."""


@dataclass
class Services:
    """Clients of everything that runs, or will."""

    record: DrillRecord
    runtime: Runtime
    workspace: Workspace
    prometheus: Metrics
    recorder: TracesAndLogs
    make_oracle: Callable[[ShopAccess], Oracle]
    third_parties: ThirdParties
    customers: Customers
    machine: Machine
    silencers: Silencers | None = None
    """None where the pager itself takes silences."""
    turns: Turns = field(default_factory=Turns)
    """Taken with other stacks of the same campaign; by itself a drill waits for nobody."""
