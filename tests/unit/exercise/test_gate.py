"""The gate: closed for people's phases, open for a confirmed cause with evidence enough."""

from __future__ import annotations

from harness.exercise.gate import Gate, ai_gate
from harness.record.events import (
    CauseConfirmed,
    ClockPaused,
    ClockSkipped,
    ClockStarted,
    DiagnosisDeclared,
)
from harness.record.story import Story
from tests.unit.exercise.tales import AGENDA, story_of

START = (0.0, ClockStarted("small", 1.0))
LINKS = ("commit:9fceb02", "log:12")


def is_right(service: str, mechanism: str) -> bool:
    return (service, mechanism) == ("payments", "timeout-misconfigured")


def declared(service: str = "payments", links: tuple[str, ...] = LINKS) -> DiagnosisDeclared:
    words = ("p95 doubled", "it is slow")
    return DiagnosisDeclared(service, "timeout-misconfigured", 90, words, "", "alex", links)


def gate(story: Story, second: float) -> Gate:
    return ai_gate(AGENDA, story, round(second * 1000), is_right)


def test_a_phase_for_people_is_closed_whatever_was_declared() -> None:
    right = gate(story_of(START, (5.0, declared())), 10.0)
    assert not right.is_open
    assert "people only" in right.reason
    wrong = gate(story_of(START, (5.0, declared("orders"))), 10.0)
    assert right == wrong, "nor does it tell whether that was right"


def test_the_fix_phase_opens_for_the_right_cause_with_two_links_to_evidence() -> None:
    seen = gate(story_of(START, (5.0, declared())), 70.0)
    assert seen.is_open
    assert seen.cause is not None


def test_the_fix_phase_stays_closed_without_a_confirmed_cause() -> None:
    for story in (
        story_of(START),
        story_of(START, (5.0, declared("orders"))),
        story_of(START, (5.0, declared(links=())), (6.0, declared(links=LINKS[:1]))),
        story_of(START, (5.0, declared(links=(LINKS[0], LINKS[0])))),
    ):
        seen = gate(story, 70.0)
        assert not seen.is_open
        assert "2 links to evidence" in seen.reason


def test_the_instructors_word_stands_above_the_answer_key() -> None:
    said_no = story_of(START, (5.0, declared()), (6.0, CauseConfirmed(2, False, "", "lee")))
    assert not gate(said_no, 70.0).is_open
    said_yes = story_of(START, (5.0, declared("orders")), (6.0, CauseConfirmed(2, True, "", "lee")))
    assert gate(said_yes, 70.0).is_open
    retold = story_of(
        START, (5.0, declared()), (6.0, CauseConfirmed(2, False, "", "lee")), (7.0, declared())
    )
    assert gate(retold, 70.0).is_open


def test_without_a_key_only_the_instructor_opens_it() -> None:
    story = story_of(START, (5.0, declared()))
    assert not ai_gate(AGENDA, story, 70_000).is_open
    told = story_of(START, (5.0, declared()), (6.0, CauseConfirmed(2, True, "", "lee")))
    assert ai_gate(AGENDA, told, 70_000).is_open


def test_the_word_does_not_replace_evidence() -> None:
    bare = story_of(START, (5.0, declared(links=())), (6.0, CauseConfirmed(2, True, "", "lee")))
    assert not gate(bare, 70.0).is_open


def test_the_open_phase_needs_no_cause() -> None:
    assert gate(story_of(START), 95.0).is_open


def test_it_is_closed_before_the_start_in_a_pause_and_after_the_end() -> None:
    assert not gate(Story(), 95.0).is_open
    assert not gate(story_of(START, (95.0, ClockPaused("lee"))), 96.0).is_open
    assert not gate(story_of(START, (95.0, ClockSkipped("talk", "lee"))), 96.0).is_open
