"""The steps of a drill: who looked at, believed, did or said what, and what was told to them.

They are read from the record, for people as for programs. An agent's call of a tool is a step, with
the events that it made; what a person did from a console is a step by itself. What a person merely
looked at leaves no trace in the record but in the evidence that they wrote down.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from harness.exercise.views import evidence_of
from harness.record import events as e
from harness.record.envelope import Envelope

StepKind = Literal["told", "thought", "looked", "believed", "did", "said", "shop"]
"""A page or a message; a model's words; a look; a belief; an act; a word to others; what the shop
did by itself."""

READING = frozenset(
    {"page", "status", "logs", "traces", "metrics", "sql", "deploys", "diff", "read_file",
     "read_resource"}
)  # fmt: skip
SAYING = frozenset({"update", "ack"})
BELIEVING = frozenset({"hypotheses", "diagnose"})
TOLD = (e.PageSent, e.InjectDelivered, e.HintTaken)
BELIEFS = (e.HypothesesRevised, e.DiagnosisDeclared, e.AlertMarked, e.TriageWritten)
WORDS = (e.UpdatePosted, e.NoteAdded, e.IncidentDeclared, e.PageAcknowledged, e.ActionStated)
ACTS = (e.FlagSwitched, e.VerifyStarted, e.SilenceSet)
SHOP = (e.AlertFired, e.AlertResolved, e.VerifyFinished, e.DeploySucceeded, e.DeployFailed)
VERBS: Mapping[type[e.Event], str] = {
    e.HypothesesRevised: "hypotheses",
    e.DiagnosisDeclared: "diagnose",
    e.AlertMarked: "mark",
    e.TriageWritten: "triage",
    e.UpdatePosted: "update",
    e.NoteAdded: "note",
    e.IncidentDeclared: "declare",
    e.PageAcknowledged: "ack",
    e.ActionStated: "expect",
    e.FlagSwitched: "flag",
    e.VerifyStarted: "verify",
    e.SilenceSet: "silence",
}
RELEASE = "release"
HOTFIX = "hotfix"


@dataclass(frozen=True)
class Step:
    """One step, in its place."""

    seq: int
    at: datetime
    drill_ms: int
    kind: StepKind
    verb: str
    """The tool or command; empty of what nobody did."""
    text: str
    """In words."""
    by: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    took_ms: int = 0
    evidence: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    """What a call of a tool brought about, in words."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Of a model's words, what they took, by the names of the format."""


def steps_of(envelopes: Iterable[Envelope]) -> tuple[Step, ...]:
    """The steps of a record that everybody may see, in order of when they began."""
    seen = [one for one in envelopes if one.audience == "all"]
    steps = [step for one in seen if (step := _step(one)) is not None]
    return tuple(sorted(_nested(steps), key=lambda one: (one.drill_ms, one.seq)))


def _step(one: Envelope) -> Step | None:
    event = one.event
    if isinstance(event, e.ToolCalled):
        return _call(one, event)
    if isinstance(event, e.AgentTurned):
        return _turn(one, event)
    if isinstance(event, e.DeployStarted):
        return _deploy(one, event)
    kinds: tuple[tuple[tuple[type[e.Event], ...], StepKind], ...] = (
        (TOLD, "told"), (BELIEFS, "believed"), (WORDS, "said"), (ACTS, "did"), (SHOP, "shop"),
    )  # fmt: skip
    kind = next((kind for types, kind in kinds if isinstance(event, types)), None)
    described = event.describe()
    if kind is None or described is None:
        return None
    return Step(
        one.seq, one.wall_time, one.drill_time_ms, kind, VERBS.get(type(event), ""),
        f"{described.label}: {described.text}", str(getattr(event, "by", "")),
        _arguments(event), evidence=tuple(evidence_of(event)),
    )  # fmt: skip


def _turn(one: Envelope, event: e.AgentTurned) -> Step:
    metrics: dict[str, float] = {
        "prompt_tokens": event.input_tokens,
        "completion_tokens": event.output_tokens,
    }
    if event.usd is not None:
        metrics["cost_usd"] = event.usd
    return Step(
        one.seq, one.wall_time, one.drill_time_ms, "thought", "", event.said, event.by,
        took_ms=event.took_ms, metrics=metrics,
    )  # fmt: skip


def _call(one: Envelope, event: e.ToolCalled) -> Step:
    kind: StepKind = "did"
    if event.tool in READING:
        kind = "looked"
    elif event.tool in BELIEVING:
        kind = "believed"
    elif event.tool in SAYING:
        kind = "said"
    return Step(
        one.seq, one.wall_time, max(0, one.drill_time_ms - event.took_ms), kind, event.tool,
        f"{event.tool} {event.arguments}", event.by, _read(event),
        outcome=event.outcome + (f": {event.reason}" if event.reason else ""),
        took_ms=event.took_ms,
    )  # fmt: skip


def _read(event: e.ToolCalled) -> dict[str, Any]:
    """A call's arguments; what was shortened is no JSON any more, and stays text."""
    try:
        given = json.loads(event.arguments or "{}")
    except ValueError:
        return {"shortened": event.arguments}
    return given if isinstance(given, dict) else {"given": given}


def _deploy(one: Envelope, event: e.DeployStarted) -> Step:
    is_colleague = event.kind == RELEASE or event.by == "runtime"
    described = event.describe()
    return Step(
        one.seq, one.wall_time, one.drill_time_ms, "shop" if is_colleague else "did",
        "" if is_colleague else ("deploy" if event.kind == HOTFIX else event.kind),
        f"{described.label}: {described.text}", event.by,
        {"service": event.service, "version": event.version_to},
    )  # fmt: skip


def _arguments(event: e.Event) -> dict[str, Any]:
    if type(event) not in VERBS:
        return {}
    given: dict[str, Any] = asdict(event)  # type: ignore[call-overload]
    return {name: value for name, value in given.items() if name != "by"}


def _nested(steps: Sequence[Step]) -> list[Step]:
    """Events that a call of a tool made stand within that call, and not once more beside it."""
    calls = [one for one in steps if one.verb and one.outcome]
    inside: dict[int, list[Step]] = {}
    for one in steps:
        if one.outcome or one.kind in ("told", "shop") or not one.verb:
            continue
        call = next((call for call in calls if _made_by(one, call)), None)
        if call is not None:
            inside.setdefault(call.seq, []).append(one)
    taken = {one.seq for made in inside.values() for one in made}
    return [_with(one, inside.get(one.seq, ())) for one in steps if one.seq not in taken]


def _made_by(one: Step, call: Step) -> bool:
    return (
        one.by == call.by
        and one.seq < call.seq
        and call.drill_ms <= one.drill_ms <= call.drill_ms + call.took_ms
        and call.kind != "looked"
    )


def _with(call: Step, made: Sequence[Step]) -> Step:
    if not made:
        return call
    evidence = tuple(link for one in made for link in one.evidence)
    kind = call.kind if call.kind != "did" else made[-1].kind
    return Step(
        call.seq, call.at, call.drill_ms, kind, call.verb, call.text, call.by, call.arguments,
        call.outcome, call.took_ms, (*call.evidence, *evidence),
        tuple(one.text for one in made),
    )  # fmt: skip
