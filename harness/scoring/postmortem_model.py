"""The shape of a postmortem, and its published JSON schema (docs/schema/postmortem-1.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from harness.scoring.calibration import CalibrationRow
from harness.scoring.guardrails import Guardrails
from harness.scoring.learning import Learning
from harness.scoring.timeline import TimelineEntry
from harness.scoring.times import Times

VERSION = 1
SCHEMA_ID = f"postmortem-{VERSION}.json"


@dataclass(frozen=True)
class Impact:
    """What was measured, beside what the team declared; null means no data."""

    severity: str | None
    users_affected: int | None
    users_declared: int | None
    revenue_lost: float | None
    """In the shop's currency."""
    systems: tuple[str, ...]
    """As declared."""
    systems_alerting: tuple[str, ...]
    """Services that alerts named."""
    blast_radius: str | None
    escalated_for: tuple[str, ...]
    times: Times
    is_sealed: bool
    """Whether TTD and TTI are to come, with the answer."""


@dataclass(frozen=True)
class RootCause:
    """What was declared last, and what it was in fact, where that may be told."""

    declared: str | None
    declared_confidence_percent: int | None
    actual: str | None
    locus: str | None


@dataclass(frozen=True)
class Cause:
    """One level of the analysis: what broke, what let it, what lets such things."""

    level: Literal["surface", "deeper", "deepest"]
    text: str
    confidence_percent: int


@dataclass(frozen=True)
class ActionItem:
    """What somebody will do; `check` names the guardrail that it is bound to, or is empty."""

    id: str
    text: str
    owner: str
    check: str


@dataclass(frozen=True)
class Answer:
    """An answer to one of the agenda's questions."""

    question: str
    text: str


@dataclass(frozen=True)
class Remark:
    """Wording of the event `seq` that blames somebody, and what to write instead."""

    seq: int
    words: str
    advice: str


@dataclass(frozen=True)
class Postmortem:
    """A draft, made from the record alone."""

    version: Literal[1]
    drill_id: str
    title: str
    began_at: str | None
    """UTC."""
    summary: str
    impact: Impact
    timeline: tuple[TimelineEntry, ...]
    root_cause: RootCause
    causes: tuple[Cause, ...]
    went_well: tuple[str, ...]
    could_improve: tuple[str, ...]
    answers: tuple[Answer, ...]
    action_items: tuple[ActionItem, ...]
    learning: tuple[Learning, ...]
    calibration: tuple[CalibrationRow, ...]
    pattern: Literal["panic", "structured", "mixed", "no data"]
    guardrails: tuple[Guardrails, ...]
    """Against each cause, with its own service."""
    remarks: tuple[Remark, ...]
    missing: tuple[str, ...]
    """What the team has still to write."""


_ADAPTER: TypeAdapter[Postmortem] = TypeAdapter(Postmortem)


def to_json(postmortem: Postmortem) -> str:
    """The postmortem as JSON text."""
    return _ADAPTER.dump_json(postmortem, indent=2).decode() + "\n"


def from_json(text: str | bytes) -> Postmortem:
    """A postmortem that was written by `to_json`. Raises pydantic's ValidationError."""
    return _ADAPTER.validate_json(text)


def schema_json() -> str:
    """The JSON schema (draft 2020-12) of what `to_json` writes, as it is published."""
    content: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **_ADAPTER.json_schema(mode="serialization"),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
