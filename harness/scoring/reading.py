"""What scoring needs of a recorded event; the record's envelopes are that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class Recorded(Protocol):
    """One event with its place in the drill."""

    @property
    def type(self) -> str:
        """Such as `page.sent`."""

    @property
    def drill_time_ms(self) -> int:
        """Monotonic, since the record was begun."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """The event as it was written."""


def first(events: Iterable[Recorded], type_name: str) -> Recorded | None:
    """The earliest event of a type."""
    return next((event for event in events if event.type == type_name), None)


def since(events: Iterable[Recorded], at_ms: int) -> list[Recorded]:
    """The events from `at_ms` on, in order."""
    return [event for event in events if event.drill_time_ms >= at_ms]
