"""What a team writes once the pressure is off, checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import get_args

from harness.errors import UsageError
from harness.exercise import entries
from harness.exercise.fields import NAME_MAX, one_of, percent, text, texts
from harness.record.events import (
    ActionItemAdded,
    CauseAnalysed,
    CauseLevel,
    LearningKind,
    LearningStored,
    ReflectionKind,
    ReflectionWritten,
)
from harness.record.story import Story

LEARNING_FIELDS: Mapping[str, tuple[str, ...]] = {
    "incident_pattern": ("pattern", "symptoms", "root_cause", "detection", "resolution"),
    "diagnostic_lesson": ("lesson", "explanation", "action"),
    "process_lesson": ("lesson", "explanation", "action"),
    "process_improvement": ("area", "current", "proposed", "confidence_this_prevents_repeat"),
    "cultural_insight": ("insight", "evidence", "action"),
}
"""Kind of entry → its fields, all of them required; `symptoms` is a list."""

LISTS = frozenset({"symptoms"})


def reflection_written(
    entry: entries.Reflection, *, by: str, questions: Collection[str] = ()
) -> ReflectionWritten:
    """What went well, what could improve, or an answer to one of the agenda's `questions`."""
    one_of("reflection", entry.kind, get_args(ReflectionKind))
    if entry.kind == "answer":
        one_of("question", entry.question, questions)
    elif entry.question:
        raise UsageError("'question' goes with an answer")
    return ReflectionWritten(entry.kind, text("text", entry.text), by, entry.question)  # type: ignore[arg-type]


def cause_analysed(entry: entries.Analysis, *, by: str) -> CauseAnalysed:
    """One level of the analysis: surface (what broke), deeper, deepest (why it could)."""
    return CauseAnalysed(
        level=one_of("level", entry.level, get_args(CauseLevel)),  # type: ignore[arg-type]
        text=text("text", entry.text),
        confidence_percent=percent("confidence", entry.confidence),
        by=by,
    )


def learning_stored(entry: entries.Learning, *, by: str) -> LearningStored:
    """A learning entry; every field of its kind must be there, and no other."""
    kind, fields = entry.kind, entry.fields
    one_of("kind of learning entry", kind, get_args(LearningKind))
    required = LEARNING_FIELDS[kind]
    expected = f"a {kind} holds: {', '.join(required)}"
    if missing := [name for name in required if name not in fields]:
        raise UsageError(f"'{missing[0]}' is missing", expected)
    for name in fields:
        if name not in required:
            raise UsageError(f"a {kind} has no field '{name}'", expected)
    kept: dict[str, str | tuple[str, ...]] = {}
    for name in required:
        value = fields[name]
        if name in LISTS:
            kept[name] = texts(name, [value] if isinstance(value, str) else value)
        elif isinstance(value, str):
            kept[name] = text(name, value)
        else:
            raise UsageError(f"'{name}' is one text, not a list", expected)
    _check_confidence(kept)
    return LearningStored(kind, kept, by)  # type: ignore[arg-type]


def _check_confidence(fields: Mapping[str, str | tuple[str, ...]]) -> None:
    value = fields.get("confidence_this_prevents_repeat")
    if value is None:
        return
    found = re.fullmatch(r"(\d{1,3})\s*%", str(value))
    if not found or int(found[1]) > 100:
        raise UsageError(
            f"'confidence_this_prevents_repeat' is a percentage such as '80%', not '{value}'"
        )


def action_item_added(
    story: Story, entry: entries.ActionItem, *, by: str, known_checks: Collection[str] = ()
) -> ActionItemAdded:
    """An action item. It has an owner; its check is a guardrail of `known_checks`."""
    if entry.check:
        one_of("check", entry.check, known_checks)
    return ActionItemAdded(
        item_id=f"ai-{len(story.of(ActionItemAdded)) + 1}",
        text=text("text", entry.text),
        owner=text("owner", entry.owner, length_max=NAME_MAX),
        check=entry.check,
        by=by,
    )
