"""Small exercises as events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from harness.exercise.agenda import (
    Agenda,
    AtTime,
    ByHand,
    Inject,
    InPhase,
    NoUpdate,
    Phase,
    WhileAlert,
)
from harness.record.envelope import Envelope
from harness.record.events import Event, UpdatePosted
from harness.record.story import Story, fold

BEGAN = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def story_of(*moments: tuple[float, Event]) -> Story:
    """A story of (drill second, event)."""
    return fold(envelopes(moments))


def envelopes(moments: Iterable[tuple[float, Event]]) -> list[Envelope]:
    return [
        Envelope(
            seq, "d-7f3a", BEGAN + timedelta(seconds=at_s), round(at_s * 1000),
            "host", event.type, event.audience, event, {},
        )
        for seq, (at_s, event) in enumerate(moments, 1)
    ]  # fmt: skip


def phase(id_: str, duration_s: float | None, **more: object) -> Phase:
    fields: dict[str, object] = {
        "title": id_.capitalize(), "kind": "respond", "ai": "closed", "triggers": False,
        "objectives": (), "unlocks": (), "questions": (),
    }  # fmt: skip
    duration_ms = None if duration_s is None else round(duration_s * 1000)
    return Phase(id=id_, duration_ms=duration_ms, **{**fields, **more})  # type: ignore[arg-type]


def inject(id_: str, when: AtTime | InPhase | WhileAlert | NoUpdate | ByHand) -> Inject:
    return Inject(id_, "message", "somebody", f"the text of {id_}", when)


AGENDA = Agenda(
    id="small",
    title="A small one",
    clock_starts="ready",
    cause_target_ms=60_000,
    objectives=("Learn",),
    roles=("on-call",),
    phases=(
        phase("look", 60, unlocks=("error-logs",)),
        phase("fix", 30, ai="after-cause", unlocks=("config-diff",)),
        phase("talk", None, ai="open"),
    ),
    injects=(
        inject("early", AtTime(10_000)),
        inject("in-fix", InPhase("fix", 5_000)),
        inject("pool", WhileAlert("DatabasePoolExhausted", 20_000)),
        inject("silence", NoUpdate(50_000)),
        inject("by-hand", ByHand()),
    ),
)

UPDATE = UpdatePosted(
    status="identified",
    what_happened="A release of payments cut its timeouts.",
    what_we_did="Rolled payments back.",
    current_state="Most payments go through again.",
    confidence_percent=85,
    unknowns=("why it was changed",),
    next_steps=("watch for ten minutes",),
    eta_minutes=10.0,
    readers="all",
    by="sam",
)
