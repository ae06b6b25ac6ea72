"""What the gate asks of the drill: may AI be used, what is the brief, note this."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from harness.aigate.brief import brief_text
from harness.aigate.vendors import closed
from harness.exercise.gate import Gate
from harness.record.events import AiAttempted, AiFinished

GateEvent = AiAttempted | AiFinished

_log = logging.getLogger(__name__)


class GateState(Protocol):
    """Called in the event loop: each must return within milliseconds. An exception from
    `is_open` or `brief` means closed."""

    def is_open(self) -> tuple[bool, str]:
        """Whether AI may be used now, and why or why not, fit for participants. Asked five times
        a second for each exchange that is under way."""
        ...

    def record(self, event: GateEvent) -> None:
        """Note the event; returns once it is durable. What cannot be noted is not forwarded."""
        ...

    def brief(self) -> str | None:
        """The verified cause, its evidence and the guardrails; None while there is no cause."""
        ...


@dataclass(frozen=True)
class ExerciseGate:
    """The state of a drill's gate, out of what its host has at hand.

    `decide` is called for every question (`ai_gate(agenda, story, drill_ms, is_right)`);
    `append` writes to the record and returns after the commit.
    """

    decide: Callable[[], Gate]
    append: Callable[[GateEvent], None]

    def is_open(self) -> tuple[bool, str]:
        """As `decide` says."""
        gate = self.decide()
        return gate.is_open, gate.reason

    def record(self, event: GateEvent) -> None:
        """Append to the record."""
        self.append(event)

    def brief(self) -> str | None:
        """The brief for the confirmed cause; None while the gate is closed or there is none."""
        gate = self.decide()
        return brief_text(gate.cause.event) if gate.is_open and gate.cause else None


def reading(state: GateState) -> tuple[bool, str]:
    """Whether the gate is open, and why or why not. Any doubt closes it."""
    try:
        is_open, reason = state.is_open()
    except Exception:  # noqa: BLE001  whatever went wrong, it may not be open
        _log.exception("the gate's state could not be read")
        return False, "its state cannot be read"
    # Not `bool(is_open)`: a state that answers with anything but True has not said yes.
    return is_open is True, reason


def require_open(state: GateState) -> str:
    """Why the gate is open. Raises Refused while it is not."""
    is_open, reason = reading(state)
    if not is_open:
        raise closed(reason)
    return reason


def brief_of(state: GateState) -> str | None:
    """The brief. Raises Refused (closed) where it cannot be told."""
    try:
        return state.brief()
    except Exception as error:  # whatever went wrong, the brief is not known
        _log.exception("the brief could not be read")
        raise closed("its brief cannot be read") from error


def noted(state: GateState, event: GateEvent) -> bool:
    """Whether the event is in the record now."""
    try:
        state.record(event)
    except Exception:  # noqa: BLE001  whatever went wrong, it is not in the record
        _log.exception("%s could not be recorded", event.type)
        return False
    return True
