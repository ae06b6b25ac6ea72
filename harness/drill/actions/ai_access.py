"""The AI gate as the drill sees it: whether it is open, what passed it, what the brief says."""

from __future__ import annotations

from typing import Any

from harness.aigate.brief import brief_text
from harness.aigate.gate_state import ExerciseGate, GateEvent
from harness.aigate.vendors import Vendor
from harness.drill.session import Session
from harness.errors import NotAllowed, UsageError
from harness.exercise.gate import Gate, ai_gate
from harness.record.events import AiAttempted, AiFinished
from harness.scoring.answer import names_any

ACTOR = "ai-gate"
NEWEST_SHOWN = 10


def decide(session: Session) -> Gate:
    """The gate now: the agenda's phase, the declared cause, the answer key, the instructor."""

    def is_right(service: str, mechanism: str) -> bool:
        return names_any(service, mechanism, (fault.accepts for fault in session.spec.faults))

    return ai_gate(session.spec.agenda, session.story(), session.drill_ms(), is_right)


def state_of(session: Session) -> ExerciseGate:
    """What the gate's server asks, answered from this drill and noted in its record."""

    def append(event: GateEvent) -> None:
        session.note(event, actor=ACTOR)

    return ExerciseGate(decide=lambda: decide(session), append=append)


def status(session: Session) -> dict[str, Any]:
    """Whether AI may be used now and why, where it answers, and what was asked so far.

    Tokens are sums of what providers stated; None where none did.
    """
    gate, story = decide(session), session.story()
    attempts = [one.event for one in story.of(AiAttempted)]
    ends = [one.event for one in story.of(AiFinished)]
    return {
        "open": gate.is_open and bool(session.spec.ai_vendors),
        "reason": gate.reason if session.spec.ai_vendors else "no provider is configured",
        "vendors": sorted(session.spec.ai_vendors),
        "base_urls": _base_urls(session.spec.places.ai_gate_url) if session.spec.ai_vendors else {},
        "refused": sum(one.count for one in attempts if one.outcome == "refused"),
        "forwarded": sum(one.outcome == "forwarded" for one in attempts),
        "cut": sum(one.outcome == "cut" for one in ends),
        "input_tokens": _total([one.input_tokens for one in ends]),
        "output_tokens": _total([one.output_tokens for one in ends]),
        "newest": [
            {
                "by": one.by,
                "outcome": one.outcome,
                "vendor": one.vendor,
                "model": one.model,
                "reason": one.reason,
            }
            for one in attempts[-NEWEST_SHOWN:]
        ],
    }


def brief(session: Session) -> dict[str, str]:
    """The brief for the confirmed cause. Raises NotAllowed while the gate is closed, UsageError
    where no cause is confirmed."""
    gate = decide(session)
    if not gate.is_open:
        raise NotAllowed(f"the AI gate is closed: {gate.reason}", "details: drill ai status")
    if gate.cause is None:
        raise UsageError(
            "there is no brief until a cause is confirmed",
            "diagnose one with at least two links to evidence: drill diagnose --help",
        )
    return {"text": brief_text(gate.cause.event)}


def _base_urls(url: str) -> dict[str, str]:
    return {Vendor.ANTHROPIC.value: url, Vendor.OPENAI.value: f"{url}/v1"}


def _total(stated: list[int | None]) -> int | None:
    known = [one for one in stated if one is not None]
    return sum(known) if known else None
