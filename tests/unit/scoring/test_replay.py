"""The same record, folded at once, again, and in pieces: the same story and the same score."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.exercise.agenda_files import load_agenda
from harness.exercise.clock import read
from harness.exercise.injects import due_injects
from harness.record import events as e
from harness.record.envelope import Envelope, decode, encode
from harness.record.story import Story, fold
from harness.scoring.score import score
from tests.unit.scoring.stories import (
    ALERTS,
    DIFF,
    ERRORS,
    JUDGED,
    KEY,
    STATUS,
    STRUCTURED,
    TRIAGE,
    UPDATE,
    alert,
    deploy,
    envelopes,
    hypotheses,
)

PERCENT = st.integers(0, 100)
SERVICE = st.sampled_from(["payments", "orders", "users"])
BY = st.sampled_from(["alex", "dana", "runtime"])
TEXT = st.text(max_size=12)


def _shares(first: int, second: int) -> tuple[int, int, int]:
    return first, (100 - first) * second // 100, 100 - first - (100 - first) * second // 100


EVENT: st.SearchStrategy[e.Event] = st.one_of(
    st.sampled_from([
        e.PageSent("p1", "HighErrorRate", "critical", "errors"),
        e.NoteAdded("hm", "kim"),
        e.VerifyFinished(True, ()),
        e.VerifyFinished(False, ()),
        e.DrillFinished("asked"),
        TRIAGE,
        UPDATE,
        e.ClockPaused("lee"),
        e.ClockResumed("lee"),
        e.ClockSkipped("triage", "lee"),
        e.InjectDelivered("executive-asks", "executive-asks", "CEO", "?", "agenda"),
        *(event for _, event in STRUCTURED),
    ]),
    st.sampled_from(ALERTS).flatmap(
        lambda one: st.builds(alert, st.just(one[0]), st.just(one[1]), fired=st.booleans())
    ),
    st.builds(
        deploy,
        st.sampled_from(["rollback", "restart", "hotfix"]),
        SERVICE,
        st.sampled_from([e.DeployStarted, e.DeploySucceeded]),
    ),
    st.builds(
        lambda shares, links: hypotheses(*shares, *links),
        st.builds(_shares, PERCENT, PERCENT),
        st.lists(st.sampled_from([DIFF, ERRORS, STATUS]), unique=True),
    ),
    st.builds(
        e.DiagnosisDeclared, SERVICE, st.just("n-plus-one"), PERCENT, st.just((DIFF,)), TEXT, BY
    ),
    st.builds(
        e.ActionStated, st.sampled_from(["act-1", "act-2"]),
        st.sampled_from(get_args(e.ActionKind)), SERVICE, TEXT, PERCENT, st.just(60.0), TEXT, BY,
    ),
    st.builds(e.OutcomeMeasured, st.sampled_from(["act-1", "act-2"]), st.booleans(), TEXT, BY),
    st.builds(e.ClockStarted, st.just("incident-u3"), st.sampled_from([0.5, 1.0, 7.3, 60.0])),
    st.builds(
        e.ClockStarted, st.just("incident-u3"), st.just(1.0), st.just("d-0"),
        st.integers(-5, 10**6), st.just((e.PhaseChange("triage", 1_000, None),)),
    ),
    st.builds(e.ClockExtended, st.just("triage"), st.floats(0.1, 500.0), BY),
    st.builds(e.LineJudged, st.sampled_from(["quality_held", "x"]), st.integers(-5, 50), TEXT, BY),
    st.builds(e.CauseConfirmed, st.integers(1, 30), st.booleans(), TEXT, BY),
    st.builds(e.HintTaken, st.integers(1, 5), TEXT, st.integers(0, 20), BY),
)  # fmt: skip
RECORD = st.lists(st.tuples(st.floats(0, 3), EVENT), max_size=40)
"""Minutes since the event before, and the event."""

AGENDA = load_agenda("incident-u3")


def _record(steps: list[tuple[float, e.Event]]) -> list[Envelope]:
    minute, moments = 0.0, []
    for step, event in steps:
        minute += step
        moments.append((minute, event))
    return envelopes(moments)


@settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
@given(RECORD, st.lists(st.integers(0, 40), max_size=3))
def test_a_record_folds_to_one_story_and_one_score(
    steps: list[tuple[float, e.Event]], cuts: list[int]
) -> None:
    lines = _record(steps)
    story = fold(lines)
    piecewise = Story()
    bounds = [0, *sorted(min(cut, len(lines)) for cut in cuts), len(lines)]
    for begin, end in pairwise(bounds):
        piecewise = fold(lines[begin:end], piecewise)
    assert piecewise == story == fold(lines)
    assert score(piecewise, KEY) == score(story, KEY)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(RECORD)
def test_every_prefix_of_a_record_is_a_record(steps: list[tuple[float, e.Event]]) -> None:
    lines = _record(steps)
    story, before = Story(), -1
    for count, line in enumerate(lines, 1):
        story = fold([line], story)
        scored = score(story, KEY)
        assert 0 <= scored.total <= 100
        assert 0 <= scored.bonus <= 30
        assert story.seq == count
        reading = read(AGENDA, story.clock, line.drill_time_ms)
        assert reading.agenda_ms >= 0
        due_injects(AGENDA, story, line.drill_time_ms)
        if reading.is_running:
            assert reading.agenda_ms >= before
            before = reading.agenda_ms


def test_a_record_that_went_through_json_gives_the_same_score() -> None:
    lines = envelopes([*STRUCTURED, *JUDGED])
    again = []
    for line in lines:
        event, payload = decode(line.type, encode(line.event))
        again.append(
            Envelope(
                line.seq, line.drill_id, line.wall_time, line.drill_time_ms, line.actor,
                line.type, line.audience, event, payload,
            )
        )  # fmt: skip
    assert fold(again) == fold(lines)
    assert score(fold(again), KEY) == score(fold(lines), KEY)
