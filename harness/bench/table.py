"""Lines of the table of measurements."""

from __future__ import annotations

from typing import Any

from harness.drill.session import Session
from harness.record import events

Row = dict[str, Any]


def figure_row(
    figure: str, measured: float, *, at_most: float | None = None, at_least: float | None = None
) -> Row:
    """One line of the table; a figure without a bound always holds."""
    bound = f"<= {at_most:g}" if at_most is not None else ""
    bound = f">= {at_least:g}" if at_least is not None else bound
    holds = (at_most is None or measured <= at_most) and (at_least is None or measured >= at_least)
    return {"figure": figure, "measured": round(measured, 3), "bound": bound, "holds": holds}


def start_up_s(session: Session) -> dict[str, float]:
    """Seconds from the start until `shop` was up, and until the `baseline` was healthy."""
    return {
        envelope.event.component: envelope.event.took_ms / 1000
        for envelope in session.services.record.events()
        if isinstance(envelope.event, events.StackReady)
    }
