"""What a drill works with, once it is over: its record, telemetry and shop as of a moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from harness.errors import StackFailed
from harness.model import Alert, BuiltRelease, MachineLoad, ProcessInfo, ProcessSpec, StackPlan
from harness.record.deploys import DeployLog
from harness.record.envelope import Envelope
from harness.record.events import Audience, Event
from harness.record.store import Record
from harness.runtime.base import DatabaseRole, ExitCallback, Mode, Progress
from harness.telemetry.jaeger import JaegerTrace
from harness.telemetry.prometheus import Exemplar, PrometheusClient, Sample, Series
from harness.telemetry.recorder_client import RecorderClient

UNENDED_MAX = 100
"""Traces that may have begun at a moment and not ended."""


class PastRecord:
    """A record up to a moment; the whole of it, with what is still added, where that is None."""

    def __init__(self, record: Record, until: datetime | None) -> None:
        self._record, self._until = record, until

    @property
    def drill_id(self) -> str:
        """Of the drill."""
        return self._record.drill_id

    def append(self, event: Event, *, actor: str) -> Envelope:
        """Add to the whole record."""
        return self._record.append(event, actor=actor)

    def events(
        self, after_seq: int = 0, *, audience: Audience = "instructor", limit: int | None = None
    ) -> list[Envelope]:
        """What was recorded by then."""
        found = self._record.events(after_seq, audience=audience, limit=limit)
        return found if self._until is None else [o for o in found if o.wall_time <= self._until]

    def last_seq(self) -> int:
        """The newest of them."""
        if self._until is None:
            return self._record.last_seq()
        return max((one.seq for one in self.events()), default=0)

    def drill_time_ms(self) -> int:
        """Drill time at that moment."""
        if self._until is None:
            return self._record.drill_time_ms()
        known = self.events()
        if not known:
            return 0
        since = self._until - known[-1].wall_time
        return known[-1].drill_time_ms + max(0, since // timedelta(milliseconds=1))

    async def wait_beyond(self, seq: int) -> int:
        """The whole record's next event."""
        return await self._record.wait_beyond(seq)

    def close(self) -> None:
        """The record is closed by whoever opened it."""


class PastMetrics:
    """Metrics up to a moment: now is then, and later is not known."""

    def __init__(self, client: PrometheusClient | None, moment: datetime) -> None:
        self._client, self._moment = client, moment

    def _kept(self) -> PrometheusClient:
        if self._client is None:
            raise StackFailed("no metrics of this drill were kept", "the timeline has its alerts")
        return self._client

    async def query(self, expr: str, at: datetime | None = None) -> list[Sample]:
        """See Metrics.query."""
        return await self._kept().query(expr, min(at or self._moment, self._moment))

    async def value(self, expr: str, at: datetime | None = None) -> float | None:
        """See Metrics.value."""
        return await self._kept().value(expr, min(at or self._moment, self._moment))

    async def query_range(
        self, expr: str, start: datetime, end: datetime, step_s: float = 1.0
    ) -> list[Series]:
        """See Metrics.query_range."""
        if start > self._moment:
            return []
        return await self._kept().query_range(expr, start, min(end, self._moment), step_s)

    async def query_exemplars(self, expr: str, start: datetime, end: datetime) -> list[Exemplar]:
        """See Metrics.query_exemplars."""
        if start > self._moment:
            return []
        return await self._kept().query_exemplars(expr, start, min(end, self._moment))

    async def alerts(self) -> list[Alert]:
        """What fired stands in the record, with what it said."""
        return []

    async def close(self) -> None:
        """The client is closed by whoever opened it."""


class PastTelemetry:
    """Traces and log lines up to a moment."""

    def __init__(self, client: RecorderClient | None, moment: datetime) -> None:
        self._client, self._moment = client, moment
        self._until_ms = int(moment.timestamp() * 1000)

    def _kept(self) -> RecorderClient:
        if self._client is None:
            raise StackFailed("no traces or logs of this drill were kept")
        return self._client

    async def operations(self, service: str) -> list[str]:
        """See TracesAndLogs.operations."""
        return await self._kept().operations(service, until_ms=self._until_ms)

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
        """See TracesAndLogs.traces."""
        found = await self._kept().traces(
            service,
            operation,
            tags,
            min_duration_ms,
            max_duration_ms,
            begin,
            min(end or self._moment, self._moment),
            # The newest had only begun by then.
            2 * limit + UNENDED_MAX,
            until_ms=self._until_ms,
        )
        ended = (part for one in found if (part := _ended(one, self._until_ms)) is not None)
        return list(islice(ended, limit))

    async def trace(self, trace_id: str) -> JaegerTrace | None:
        """See TracesAndLogs.trace: its spans that had ended by then."""
        found = await self._kept().trace(trace_id, until_ms=self._until_ms)
        return None if found is None else _ended(found, self._until_ms)

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
        """See TracesAndLogs.logs; `since` counts back from the moment."""
        return await self._kept().logs(
            service,
            level,
            trace_id,
            contains,
            since,
            after,
            before,
            limit,
            until_ms=self._until_ms if until_ms is None else min(until_ms, self._until_ms),
        )

    async def close(self) -> None:
        """The client is closed by whoever opened it."""


def _ended(trace: JaegerTrace, until_ms: int) -> JaegerTrace | None:
    """A span arrives when it has ended."""
    until_us = until_ms * 1000
    spans = [one for one in trace["spans"] if one["startTime"] + one["duration"] <= until_us]
    if len(spans) == len(trace["spans"]):
        return trace
    return {**trace, "spans": spans} if spans else None


NOT_RUNNING = "the shop of a drill that is over does not run"


def _gone() -> NoReturn:
    raise StackFailed(NOT_RUNNING, "look at its metrics, traces, logs and diffs")


class PastRuntime:
    """The versions that were deployed by then; nothing of it can be asked to do anything."""

    def __init__(
        self,
        mode: Mode,
        initial: Mapping[str, BuiltRelease],
        releases: Collection[BuiltRelease],
        deploys: DeployLog,
    ) -> None:
        self.mode: Mode = mode
        known = {(one.service, one.version): one for one in releases}
        self._running = dict(initial)
        for entry in deploys.entries:
            release = known.get((entry.service, entry.version_to))
            if entry.outcome == "succeeded" and release is not None:
                self._running[entry.service] = release

    def running(self) -> Mapping[str, BuiltRelease]:
        """What served; metrics say how."""
        return self._running

    def deployed(self) -> Mapping[str, BuiltRelease]:
        """The same."""
        return self._running

    def processes(self) -> tuple[ProcessInfo, ...]:
        """None are left."""
        return ()

    def on_exit(self, callback: ExitCallback) -> None:
        """Nothing ends any more."""

    async def collapse(self) -> str:
        """Nothing does."""
        return ""

    async def up(self, plan: StackPlan, progress: Progress) -> None:  # noqa: ARG002
        """Refused."""
        _gone()

    async def spawn(self, spec: ProcessSpec) -> ProcessInfo:  # noqa: ARG002
        """Refused."""
        _gone()

    async def stop(self, name: str) -> None:  # noqa: ARG002
        """Refused."""
        _gone()

    async def deploy(self, service: str, release: BuiltRelease, progress: Progress) -> None:  # noqa: ARG002
        """Refused."""
        _gone()

    async def prepare(self, release: BuiltRelease) -> None:  # noqa: ARG002
        """Refused."""
        _gone()

    async def restart(self, service: str, progress: Progress) -> None:  # noqa: ARG002
        """Refused."""
        _gone()

    def database_url(self, service: str, *, role: DatabaseRole = "oncall") -> str:  # noqa: ARG002
        """Refused: the databases went with the shop."""
        _gone()

    async def down(self) -> None:
        """It is down."""

    @classmethod
    def reap(cls, home: Path) -> tuple[str, ...]:  # noqa: ARG003
        """Leaves nothing itself."""
        return ()


class Nobody:
    """The third parties, the customers and the machine of a drill that is over."""

    async def set_profile(self, name: str) -> None:  # noqa: ARG002
        """Refused."""
        _gone()

    async def set_model_profile(self, name: str) -> None:  # noqa: ARG002
        """Refused."""
        _gone()

    async def renew_certificate(self) -> None:
        """Refused."""
        _gone()

    def look(self) -> MachineLoad | None:
        """Nothing is known any more."""
        return None


class NoCustomers:
    """The load of a drill that is over."""

    def set_profile(self, name: str) -> None:  # noqa: ARG002
        """Refused."""
        _gone()
