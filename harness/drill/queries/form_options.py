"""The words that forms offer: whatever the use cases accept, from where they check it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from harness.drill.spec import DrillSpec
from harness.exercise.guards import known_guards
from harness.exercise.learning_checks import LEARNING_FIELDS, LISTS
from harness.exercise.update_texts import Reader
from harness.model import Mechanism
from harness.record.events import (
    AlertMark,
    CauseLevel,
    ComponentStatus,
    Escalation,
    PriorityKind,
    Readers,
    Severity,
    UpdateStatus,
)
from harness.scoring.cadence import EVERY_MS, FIRST_WITHIN_MS


def choices(spec: DrillSpec) -> dict[str, Any]:
    """Field → its words in order; the cadence of updates in seconds. Nothing of the answer."""
    literals: dict[str, Any] = {
        "severities": Severity,
        "escalations": Escalation,
        "priorities": PriorityKind,
        "marks": AlertMark,
        "update_statuses": UpdateStatus,
        "component_statuses": ComponentStatus,
        "readers": Readers,
        "channels": Reader,
        "cause_levels": CauseLevel,
    }
    words: dict[str, Sequence[str]] = {name: get_args(of) for name, of in literals.items()}
    return {
        **words,
        "services": [entry.name for entry in spec.topology],
        "mechanisms": [known.value for known in Mechanism],
        "learnings": {kind: list(fields) for kind, fields in LEARNING_FIELDS.items()},
        "learning_lists": sorted(LISTS),
        "checks": {guard.id: guard.title for guard in known_guards().values()},
        "questions": [one for phase in spec.agenda.phases for one in phase.questions],
        "first_update_within_s": FIRST_WITHIN_MS / 1000,
        "update_every_s": EVERY_MS / 1000,
    }
