"""Learning entries as other tools read them: flat objects with a type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from harness.record.events import LearningStored
from harness.record.story import Story


@dataclass(frozen=True)
class IncidentPattern:
    """How to know it again."""

    pattern: str
    symptoms: tuple[str, ...]
    root_cause: str
    detection: str
    resolution: str
    type: Literal["incident_pattern"] = "incident_pattern"


@dataclass(frozen=True)
class DiagnosticLesson:
    """How to find it sooner."""

    lesson: str
    explanation: str
    action: str
    type: Literal["diagnostic_lesson"] = "diagnostic_lesson"


@dataclass(frozen=True)
class ProcessLesson:
    """What the way of working taught."""

    lesson: str
    explanation: str
    action: str
    type: Literal["process_lesson"] = "process_lesson"


@dataclass(frozen=True)
class ProcessImprovement:
    """What is to change in the way of working."""

    area: str
    current: str
    proposed: str
    confidence_this_prevents_repeat: str
    """A percentage, such as "80%"."""
    type: Literal["process_improvement"] = "process_improvement"


@dataclass(frozen=True)
class CulturalInsight:
    """What is to change in the way of thinking."""

    insight: str
    evidence: str
    action: str
    type: Literal["cultural_insight"] = "cultural_insight"


Learning = IncidentPattern | DiagnosticLesson | ProcessLesson | ProcessImprovement | CulturalInsight


def learning_entries(story: Story) -> tuple[Learning, ...]:
    """What the team stored, in order. A part that was left out is an empty text."""
    return tuple(_entry(one.event) for one in story.of(LearningStored))


def learning_json(story: Story) -> list[dict[str, Any]]:
    """The entries as plain JSON data, the type first."""
    entries = (asdict(one) for one in learning_entries(story))
    return [{"type": one.pop("type"), **one} for one in entries]


def _entry(event: LearningStored) -> Learning:
    fields = event.fields
    if event.kind == "incident_pattern":
        return IncidentPattern(
            pattern=_text(fields, "pattern"),
            symptoms=_texts(fields, "symptoms"),
            root_cause=_text(fields, "root_cause"),
            detection=_text(fields, "detection"),
            resolution=_text(fields, "resolution"),
        )
    if event.kind == "process_improvement":
        return ProcessImprovement(
            area=_text(fields, "area"),
            current=_text(fields, "current"),
            proposed=_text(fields, "proposed"),
            confidence_this_prevents_repeat=_text(fields, "confidence_this_prevents_repeat"),
        )
    if event.kind == "cultural_insight":
        return CulturalInsight(
            insight=_text(fields, "insight"),
            evidence=_text(fields, "evidence"),
            action=_text(fields, "action"),
        )
    lesson = DiagnosticLesson if event.kind == "diagnostic_lesson" else ProcessLesson
    return lesson(
        lesson=_text(fields, "lesson"),
        explanation=_text(fields, "explanation"),
        action=_text(fields, "action"),
    )


def _text(fields: Mapping[str, str | tuple[str, ...]], name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ", ".join(value)


def _texts(fields: Mapping[str, str | tuple[str, ...]], name: str) -> tuple[str, ...]:
    value = fields.get(name, ())
    return (value,) if isinstance(value, str) else tuple(value)
