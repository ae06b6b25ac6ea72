"""A drill that is over, graded from its record alone; and its grades as the reward of a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.seal import opened_answer, opened_key, opened_lure
from harness.drill.queries.past_drills import read_events
from harness.errors import EnvironmentMissing, UsageError
from harness.paths import catalog_dir
from harness.players.grounding import by_record
from harness.record.envelope import Envelope
from harness.record.story import fold
from harness.scoring.case import AnswerKey, Case
from harness.scoring.grades import Grades, grade


@dataclass(frozen=True)
class Graded:
    """What happened, what the answer was, and what the grades are."""

    events: Sequence[Envelope]
    scenario: str
    seed: int
    key: AnswerKey | None
    grades: Grades


def graded(record: Path) -> Graded:
    """The drill in the file `record`. Telemetry is gone: of evidence only queries and commits can
    ground anything. Raises EnvironmentMissing, UsageError where it is not over, RecordFailed."""
    if not record.is_file():
        raise EnvironmentMissing(f"there is no record at {record}", "a drill that is over has one")
    events = read_events(record)
    story = fold(events)
    answer, key = opened_answer(story), opened_key(story)
    if answer is None:
        raise UsageError(f"{story.drill_id} is not over", "finish it first: drill finish")
    catalog = Catalog(catalog_dir())
    known = [one["id"] for one in answer["faults"] if one["id"] in catalog.fault_ids()]
    on_path = by_record(story, map(catalog.fault, known))
    grades = grade(Case(story, key), on_path, opened_lure(story))
    return Graded(events, answer["scenario"], answer["seed"], key, grades)


def reward(found: Graded) -> dict[str, Any]:
    """Numbers alone, as runners of tasks read them: `reward` is 1 where the drill was passed."""
    given = found.grades
    return {
        "reward": int(given.passed),
        "detected": int(given.detected),
        "source_named": int(given.source_named),
        "healed": int(given.healed),
        **({} if given.grounded is None else {"grounded": int(given.grounded)}),
        **({} if given.brier is None else {"brier": given.brier}),
    }
