"""What stays of an incident on paper: postmortem, timeline, learning; all made of the record.

`postmortem.md` belongs to the team as soon as somebody has edited it: it is written anew only while
it is what was drafted last. `postmortem-draft.md` always holds the newest draft.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from harness.drill.lifecycle.seal import opened_answer
from harness.drill.queries.past_drills import judged_kpis
from harness.errors import DrillError
from harness.record import jsonl
from harness.record.envelope import Envelope
from harness.record.story import fold
from harness.scoring.case import AnswerKey
from harness.scoring.learning import learning_json
from harness.scoring.postmortem import draft
from harness.scoring.postmortem_model import to_json
from harness.scoring.postmortem_text import to_markdown

POSTMORTEM, DRAFT = "postmortem.md", "postmortem-draft.md"
DATA, TIMELINE, LEARNING = "postmortem.json", "timeline.jsonl", "learning.json"
FILES = frozenset({POSTMORTEM, DRAFT, DATA, TIMELINE, LEARNING})


def write_postmortem(
    run_dir: Path, events: Sequence[Envelope], key: AnswerKey | None
) -> list[Path]:
    """Write the files into `run_dir` and return them; `key` only where the answer may be told.

    The timeline holds what everybody may see; until the reveal nothing tells when it began.
    Raises DrillError where the disk refuses.
    """
    story = fold(events)
    kpis = judged_kpis(story, key)
    post = draft(story, kpis if opened_answer(story) is not None else kpis.sealed(), key)
    text = to_markdown(post)
    written = []
    if not _is_edited(run_dir):
        written.append(_write(run_dir / POSTMORTEM, text))
    written += [
        _write(run_dir / DRAFT, text),
        _write(run_dir / DATA, to_json(post)),
        _write(run_dir / LEARNING, json.dumps(learning_json(story), indent=2) + "\n"),
    ]
    jsonl.write(run_dir / TIMELINE, (one for one in events if one.audience == "all"))
    return [*written, run_dir / TIMELINE]


def _is_edited(run_dir: Path) -> bool:
    """Whether somebody has made the postmortem their own."""
    try:
        kept = (run_dir / POSTMORTEM).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    try:
        return kept != (run_dir / DRAFT).read_text(encoding="utf-8")
    except FileNotFoundError:
        return True


def _write(path: Path, text: str) -> Path:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DrillError(f"{path} could not be written: {error}") from error
    return path
