"""Records of exercises that were played on a live shop, scored again: what came out once comes out
always. They were exported by `tests/e2e/test_exercise.py`; a rule of the rubric that is changed on
purpose changes `<agenda>.score.json` with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.drill.lifecycle.seal import opened_key
from harness.drill.queries.past_drills import past_drill
from harness.record.envelope import Envelope
from harness.record.jsonl import read
from harness.record.story import Story, fold
from harness.scoring.score import score

GOLDEN = Path(__file__).parent / "golden"
RECORDS = sorted(GOLDEN.glob("*.jsonl"))


def replayed(lines: list[Envelope]) -> dict[str, Any]:
    """Score and figures of a record, as plain data."""
    story = fold(lines)
    past = past_drill(lines)
    assert past is not None
    found = {"score": score(story, opened_key(story)).to_json(), "history": past.to_json()}
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_of_a_live_exercise_scores_as_it_did(path: Path) -> None:
    assert replayed(read(path)) == json.loads(path.with_suffix(".score.json").read_text())


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_live_record_folds_to_the_same_in_pieces_and_at_every_prefix(path: Path) -> None:
    lines = read(path)
    key = opened_key(fold(lines))
    grown = Story()
    for count, line in enumerate(lines, 1):
        grown = fold([line], grown)
        assert grown.seq == count
    assert grown == fold(lines)
    for cut in range(0, len(lines), 10):
        scored = score(fold(lines[:cut]), key)
        assert 0 <= scored.total <= 100


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_every_one_of_them_was_diagnosed_contained_and_learned_from(path: Path) -> None:
    history = replayed(read(path))["history"]
    assert history["agenda"] == path.stem
    assert history["kpis"]["times"]["tti"] is not None
    assert history["kpis"]["times"]["ttm"] is not None
    assert history["points"] > 50


def test_a_record_in_which_one_thing_is_missing_scores_otherwise() -> None:
    path = RECORDS[0]
    lines = [one for one in read(path) if one.type != "triage.written"]
    assert replayed(lines) != json.loads(path.with_suffix(".score.json").read_text())
