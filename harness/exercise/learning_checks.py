"""What a team writes once the pressure is off, checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import get_args

from harness.errors import UsageError
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
    *, kind: str, what: str, by: str, question: str = "", questions: Collection[str] = ()
) -> ReflectionWritten:
    """What went well, what could improve, or an answer to one of the agenda's `questions`."""
    one_of("reflection", kind, get_args(ReflectionKind))
    if kind == "answer":
        one_of("question", question, questions)
    elif question:
        raise UsageError("'question' goes with an answer")
    return ReflectionWritten(kind, text("text", what), by, question)  # type: ignore[arg-type]


def cause_analysed(
    *, level: str, what: str, confidence_percent: int | None, by: str
) -> CauseAnalysed:
    """One level of the analysis: surface (what broke), deeper, deepest (why it could)."""
    return CauseAnalysed(
        level=one_of("level", level, get_args(CauseLevel)),  # type: ignore[arg-type]
        text=text("text", what),
        confidence_percent=percent("confidence", confidence_percent),
        by=by,
    )


def learning_stored(
    *, kind: str, fields: Mapping[str, str | Iterable[str]], by: str
) -> LearningStored:
    """A learning entry; every field of its kind must be there, and no other."""
    one_of("kind of learning entry", kind, get_args(LearningKind))
    wanted = LEARNING_FIELDS[kind]
    expected = f"a {kind} holds: {', '.join(wanted)}"
    if missing := [name for name in wanted if name not in fields]:
        raise UsageError(f"'{missing[0]}' is missing", expected)
    for name in fields:
        if name not in wanted:
            raise UsageError(f"a {kind} has no field '{name}'", expected)
    kept: dict[str, str | tuple[str, ...]] = {}
    for name in wanted:
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
    story: Story,
    *,
    what: str,
    owner: str,
    by: str,
    check: str = "",
    known_checks: Collection[str] = (),
) -> ActionItemAdded:
    """An action item. It has an owner; `check` binds it to a guardrail of `known_checks`."""
    if check:
        one_of("check", check, known_checks)
    return ActionItemAdded(
        item_id=f"ai-{len(story.of(ActionItemAdded)) + 1}",
        text=text("text", what),
        owner=text("owner", owner, length_max=NAME_MAX),
        check=check,
        by=by,
    )
