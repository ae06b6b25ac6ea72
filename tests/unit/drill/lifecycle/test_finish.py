"""The end of a drill: the answer is told and proven, then the last word, then a clean folder."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.causes import Blip
from harness.drill.actions import diagnosis
from harness.drill.lifecycle import healthy_baseline, home
from harness.drill.lifecycle.finish import finish, has_begun, put_away, scorecard
from harness.drill.lifecycle.home import FAILURE_LOGS, tidy
from harness.drill.lifecycle.resume import left_off
from harness.drill.lifecycle.seal import opened_answer
from harness.drill.queries.past_drills import read_events
from harness.drill.session import Session
from harness.errors import StackFailed, UsageError
from harness.record.events import (
    AnswerSealed,
    ClockStarted,
    DrillAborted,
    DrillCreated,
    DrillTriggered,
    SealOpened,
)
from harness.record.store import Record
from harness.record.story import fold
from tests.unit.drill.conftest import Hand, page_sent

KEPT = {"record.db", "record.db-end", "scorecard.json"}


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


@pytest.fixture
def begun(ending: Session) -> Session:
    """The same, once its fault has been released."""
    ending.note(DrillTriggered("payments", "2.4.2"))
    return ending


async def end(session: Session, *, orderly: bool = True) -> tuple[list[str], list[str]]:
    """What is said, and the types of the events that the end adds."""
    before, said = session.services.record.last_seq(), []
    try:
        await finish(session, orderly=orderly, progress=said.append)
    finally:
        await put_away(session, orderly=orderly, progress=said.append)
    told = [one.type for one in read_events(session.spec.run_dir / "record.db")]
    return said, told[before:]


async def test_the_answer_is_told_before_the_last_word_and_everything_goes(
    begun: Session,
) -> None:
    ending = begun
    said, told = await end(ending)
    assert told == ["answer.revealed", "answer.unsealed", "drill.finished"]
    assert "the answer matches the seal from the start" in said
    assert {path.name for path in ending.spec.run_dir.iterdir()} == KEPT
    parts: Any = (ending.services.runtime, ending.services.prometheus, ending.services.recorder)
    assert all(part.is_gone for part in parts)


async def test_an_answer_that_was_changed_is_said_to_be(begun: Session) -> None:
    ending = begun
    assert ending.spec.seal is not None
    ending.spec = replace(ending.spec, seal=dataclasses.replace(ending.spec.seal, answer="{}"))
    said, told = await end(ending)
    assert told[-1] == "harness.problem"
    assert not any("sealed at the start" in text for text in said)


def secrets_of(session: Session) -> list[str]:
    """What tells the answer, wherever it stands."""
    (fault,) = session.spec.faults
    return [session.spec.scenario.id, session.spec.scenario.title, fault.title, fault.locus]


@pytest.mark.parametrize("orderly", [True, False], ids=["asked", "failed"])
@pytest.mark.parametrize("triggered", [True, False], ids=["triggered", "before"])
async def test_the_answer_is_told_only_once_it_had_begun_and_the_end_was_asked_for(
    ending: Session, triggered: bool, orderly: bool
) -> None:
    if triggered:
        ending.note(DrillTriggered("payments", "2.4.2"))
    said, told = await end(ending, orderly=orderly)
    run_dir = ending.spec.run_dir
    card = json.loads((run_dir / "scorecard.json").read_text())
    story = fold(read_events(run_dir / "record.db"))
    is_told = triggered and orderly
    assert card["revealed"] is is_told
    assert ("answer.unsealed" in told) is is_told
    public = [one for one in read_events(run_dir / "record.db") if one.audience == "all"]
    outputs = [json.dumps(card), *said, *(json.dumps(one.in_words()) for one in public)]
    leaked = {text for text in secrets_of(ending) for shown in outputs if text in shown}
    assert bool(leaked) is is_told, "negative control: what is told is found by the same search"
    assert any("stays sealed" in text for text in said) is not is_told
    assert (opened_answer(story) is not None) is is_told
    if not is_told and not orderly:
        assert any("--resume" in text for text in said)


@pytest.mark.parametrize("orderly", [True, False], ids=["asked", "failed"])
async def test_the_logs_of_a_drill_that_failed_stay_where_it_says(
    ending: Session, monkeypatch: pytest.MonkeyPatch, orderly: bool
) -> None:
    monkeypatch.setattr(home, "LOG_BYTES_MAX", 10)
    run_dir = ending.spec.run_dir
    (run_dir / "logs").mkdir()
    (run_dir / "logs" / "users.jsonl").write_text("a long beginning and the end")
    said, _ = await end(ending, orderly=orderly)
    kept = run_dir / FAILURE_LOGS
    assert kept.exists() is not orderly
    assert not (run_dir / "logs").exists()
    assert any(str(kept) in text for text in said) is not orderly
    if orderly:  # negative control: of a drill that did not fail nothing more is kept
        return
    assert (kept / "users.jsonl").read_text() == "nd the end"
    (run_dir / "secrets").mkdir()  # as if the host had been killed while it tidied up
    tidy(run_dir)
    assert kept.exists(), "the next start leaves them"


async def test_a_baseline_that_does_not_come_points_to_logs_that_stay(
    ending: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = healthy_baseline._unhealthy(ending, "66% of requests succeed", 60)
    (ending.spec.run_dir / "logs").mkdir()
    await end(ending, orderly=False)
    named = failed.hint.rsplit(" ", 1)[-1]
    assert Path(named).is_dir()


async def test_a_failed_drill_can_be_resumed_until_its_answer_is_told(
    ending: Session, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    (runs / "d-1").mkdir(parents=True)
    created = DrillCreated("bad-timeouts", 7, "local", "honour", "solo", {})
    seal = ending.spec.seal
    assert seal is not None
    with Record(runs / "d-1" / "record.db", "d-1") as record:
        for event in (created, AnswerSealed(seal.commitment), DrillAborted("no baseline")):
            record.append(event, actor="harness")
    left = left_off(runs)
    assert (left.scenario, left.seed) == ("bad-timeouts", 7)
    with Record(runs / "d-1" / "record.db") as record:
        record.append(SealOpened(seal.salt, seal.answer), actor="harness")
    with pytest.raises(UsageError, match="was not interrupted"):
        left_off(runs)


async def test_a_drill_about_nothing_is_told_only_once_all_releases_are_out(
    session: Session,
) -> None:
    assert not has_begun(session)
    session.run.is_all_out = True
    assert has_begun(session)
    blips = (Blip("down", 0, 1),)
    session.spec = replace(session.spec, scenario=replace(session.spec.scenario, blips=blips))
    assert not has_begun(session), "its third parties have not had their moment yet"


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
    assert {path.name for path in ending.spec.run_dir.iterdir()} == KEPT


@pytest.mark.parametrize(("after_min", "met"), [(17, True), (21, False)])
async def test_the_scorecard_holds_the_time_to_the_cause_against_the_agenda(
    begun: Session, hand: Hand, after_min: int, met: bool
) -> None:
    ending = begun
    ending.note(ClockStarted("workshop-60", 1.0, cause_target_ms=20 * 60_000))
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
        "took": {"wall_ms": after_min * 60_000, "agenda_ms": after_min * 60_000},
        "target_ms": 20 * 60_000, "met": met,
    }  # fmt: skip
    assert any(line.startswith("  TTI (identify), from the page") for line in kept["lines"])
