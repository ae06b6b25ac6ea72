"""The end of a drill: the answer is told and proven, then the last word, then a clean folder."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from typing import Any

import pytest

from harness.drill.actions import diagnosis
from harness.drill.lifecycle.finish import finish, scorecard
from harness.drill.queries.past_drills import read_events
from harness.drill.session import Session
from harness.errors import StackFailed
from harness.record.events import ClockStarted, DrillTriggered
from tests.unit.drill.conftest import Hand, page_sent


class FakePart:
    """Anything that is taken down or closed in the end."""

    def __init__(self) -> None:
        self.is_gone = False

    async def down(self) -> None:
        self.is_gone = True

    async def close(self) -> None:
        self.is_gone = True


@pytest.fixture
def ending(trouble: Session) -> Session:
    parts: list[Any] = [FakePart(), FakePart(), FakePart()]
    trouble.services.runtime, trouble.services.prometheus, trouble.services.recorder = parts
    (trouble.spec.run_dir / "secrets").mkdir()
    return trouble


async def end(session: Session) -> tuple[list[str], list[str]]:
    """What is said, and the types of the events that the end adds."""
    before, said = session.services.record.last_seq(), []
    await finish(session, orderly=True, progress=said.append)
    told = [one.type for one in read_events(session.spec.run_dir / "record.db")]
    return said, told[before:]


async def test_the_answer_is_told_before_the_last_word_and_everything_goes(
    ending: Session,
) -> None:
    said, told = await end(ending)
    assert told == ["answer.revealed", "answer.unsealed", "drill.finished"]
    assert "the answer matches the seal from the start" in said
    assert {path.name for path in ending.spec.run_dir.iterdir()} == {"record.db", "scorecard.json"}
    parts: Any = (ending.services.runtime, ending.services.prometheus, ending.services.recorder)
    assert all(part.is_gone for part in parts)


async def test_an_answer_that_was_changed_is_said_to_be(ending: Session) -> None:
    assert ending.spec.seal is not None
    ending.spec = replace(ending.spec, seal=dataclasses.replace(ending.spec.seal, answer="{}"))
    said, told = await end(ending)
    assert told[-1] == "harness.problem"
    assert not any("sealed at the start" in text for text in said)


async def test_a_stack_that_does_not_go_is_said_and_all_else_is_still_closed(
    ending: Session,
) -> None:
    class Stays(FakePart):
        async def down(self) -> None:
            raise StackFailed("the Docker engine went away")

    stays: Any = Stays()
    ending.services.runtime = stays
    with pytest.raises(StackFailed, match="went away"):
        await end(ending)
    parts: Any = (ending.services.prometheus, ending.services.recorder)
    assert all(part.is_gone for part in parts)
    assert {path.name for path in ending.spec.run_dir.iterdir()} == {"record.db", "scorecard.json"}


@pytest.mark.parametrize(("after_min", "met"), [(17, True), (21, False)])
async def test_the_scorecard_holds_the_time_to_the_cause_against_the_agenda(
    ending: Session, hand: Hand, after_min: int, met: bool
) -> None:
    ending.note(ClockStarted("workshop-60", 1.0, cause_target_ms=20 * 60_000))
    ending.note(DrillTriggered("payments", "2.4.2"))
    page_sent(ending)
    hand.move(after_min * 60)
    diagnosis.declare(
        ending, service="payments", mechanism="timeouts", confidence_percent=90,
        evidence=[], note="", by="Ada",
    )  # fmt: skip
    assert scorecard(ending, aborted=False).cause_time.met is None, "not before the reveal"
    await end(ending)
    kept = json.loads((ending.spec.run_dir / "scorecard.json").read_text())
    assert kept["cause_time"] == {
        "took_ms": after_min * 60_000, "target_ms": 20 * 60_000, "met": met,
    }  # fmt: skip
    assert any(line.startswith("  cause, from the page") for line in kept["lines"])
