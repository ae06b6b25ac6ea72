"""`drill run --json`: a line for each stage, which a program can read as it comes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harness.cli import live_view
from harness.cli.host import tell_end_as_json, tell_review_as_json, told_as_json
from harness.drill.session import Session
from harness.errors import StackFailed
from harness.host.lifecycle import Outcome, no_view
from harness.tokens import Caller, TokenBook
from tests.unit.drill.conftest import hand, session
from tests.unit.scoring.test_scorecard import CARD

__all__ = ["hand", "session"]

URL = "http://127.0.0.1:18900"


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(one) for one in capsys.readouterr().out.splitlines()]


async def test_it_says_where_the_drill_answers_before_anything_is_played(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(live_view, "shown", no_view)
    tokens = TokenBook.create(session.spec.run_dir / "secrets")
    session.spec = replace(session.spec, places=replace(session.spec.places, api_url=URL))
    async with told_as_json(session):
        (running,) = told(capsys)
    assert running == {
        "stage": "running",
        "drill_id": "d-test",
        "console": f"{URL}/#token={tokens.token(Caller.PARTICIPANT)}",
        "status_page": f"{URL}/status",
        "run_dir": str(session.spec.run_dir),
    }
    # Whoever reads it may share the screen, as with the lines for people.
    assert tokens.token(Caller.INSTRUCTOR) not in json.dumps(running)


def test_it_says_how_the_drill_ended_and_where_its_review_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_end_as_json(Outcome(CARD, "finished by Ada", None))
    tell_review_as_json(f"{URL}/#token=x")
    over, review = told(capsys)
    assert (over["stage"], over["reason"], over["error"]) == ("over", "finished by Ada", None)
    assert over["scorecard"] == json.loads(json.dumps(CARD.to_json(), default=str))
    assert review == {"stage": "review", "console": f"{URL}/#token=x"}


def test_a_drill_that_failed_says_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    tell_end_as_json(Outcome(None, "postgres died", StackFailed("postgres died")))
    (over,) = told(capsys)
    assert (over["error"], over["scorecard"]) == ("postgres died", None)
