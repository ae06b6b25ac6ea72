"""The score and the papers of a drill that runs, for those who may know what they tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.drill.lifecycle.seal import key_of, opened_key
from harness.drill.outputs.exports import write_postmortem
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.record.events import Audience
from harness.scoring.case import AnswerKey
from harness.scoring.score import Score, score, score_lines


def score_so_far(session: Session, viewer: Audience) -> dict[str, Any]:
    """The rubric as data and as lines. Only instructors are told before the reveal what depends
    on the answer."""
    key = session_key(session.spec) if viewer == "instructor" else opened_key(session.story())
    return as_data(score(session.story(), key))


def as_data(judged: Score) -> dict[str, Any]:
    """A score as JSON data, with the lines for the terminal."""
    return {**judged.to_json(), "lines": score_lines(judged)}


def write_papers(session: Session) -> list[Path]:
    """Draft the postmortem into the drill's folder; the answer is in it once it is revealed."""
    return write_postmortem(
        session.spec.run_dir, session.services.record.events(), opened_key(session.story())
    )


def session_key(spec: DrillSpec) -> AnswerKey | None:
    """The answer of a drill that runs; None where nothing is wrong in it."""
    if spec.seal is None:
        return None
    return key_of(json.loads(spec.seal.answer)["faults"])
