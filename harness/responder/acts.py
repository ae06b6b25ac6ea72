"""What can be done where there is no release to undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.responder.observations import Trace


def flag_to_switch_off(
    service: str, flags: Sequence[Mapping[str, Any]], traces: Sequence[Trace]
) -> str | None:
    """The feature of an overloaded service that costs it most, of those that are still on.

    What a feature costs is the time that requests through the service spend in what is named after
    it; where no request tells, the first one that the service lists. None where nothing is offered.
    """
    enabled_flags = [
        str(one["name"]) for one in flags if one["service"] == service and one["enabled"]
    ]
    return max(enabled_flags, key=lambda name: _spent_ms(name, service, traces), default=None)


def _spent_ms(name: str, service: str, traces: Sequence[Trace]) -> float:
    passing = [one for one in traces if any(span.service == service for span in one.spans)]
    return sum(
        span.duration_ms
        for trace in passing
        for span in trace.spans
        if name.lower() in span.operation.lower()
    )
