"""When the shop fell silent for good: a fold over what fired and resolved."""

from __future__ import annotations

from collections.abc import Iterable

from harness.scoring.reading import Recorded


def silent_from_ms(events: Iterable[Recorded]) -> int | None:
    """Drill time from which no alert fired any more.

    None where none ever fired, or where one is firing still.
    """
    firing: set[str] = set()
    silent: int | None = None
    for event in events:
        if event.type == "alert.fired":
            firing.add(str(event.payload.get("fingerprint")))
            silent = None
        elif event.type == "alert.resolved" and firing:
            firing.discard(str(event.payload.get("fingerprint")))
            silent = event.drill_time_ms if not firing else None
    return silent
