"""What people write is checked before it is recorded, and refused with what is expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.errors import UnknownName, UsageError
from harness.exercise import checks, entries, instructor_checks, learning_checks, update_checks
from harness.exercise.fields import number
from harness.exercise.views import open_actions, role_holders
from harness.record import events
from harness.record.story import Story
from tests.unit.exercise.tales import AGENDA, story_of

SYSTEMS = ("payments", "orders", "users")
Fields = dict[str, Any]


def hypothesis(id_: str, percent: Any, **more: Any) -> events.Hypothesis:
    return events.Hypothesis(id_, f"it is {id_}", percent, **more)


def revise(*found: events.Hypothesis) -> events.HypothesesRevised:
    return checks.hypotheses_revised(found, reason="", known_systems=SYSTEMS, by="alex")


def refused(expected: str, call: Callable[[], object]) -> None:
    with pytest.raises(UsageError) as caught:
        call()
    assert expected in str(caught.value)


def test_probabilities_must_sum_to_100() -> None:
    assert (
        revise(hypothesis("h1", 70), hypothesis("h2", 30)).hypotheses[0].probability_percent == 70
    )
    refused(
        "sum to 95, not to 100 (70 + 25)",
        lambda: revise(hypothesis("h1", 70), hypothesis("h2", 25)),
    )
    refused("sum to 101", lambda: revise(hypothesis("h1", 71), hypothesis("h2", 30)))
    refused("there is no hypothesis", revise)


@pytest.mark.parametrize("percent", [-1, 101, True, 50.5])
def test_a_probability_is_a_whole_percentage(percent: Any) -> None:
    refused("whole number from 0 to 100", lambda: revise(hypothesis("h1", percent)))


def test_hypotheses_are_told_apart_and_name_what_there_is() -> None:
    refused("same id", lambda: revise(hypothesis("h1", 50), hypothesis("h1", 50)))
    refused("did you mean payments", lambda: revise(hypothesis("h1", 100, service="payment")))
    refused("did you mean n-plus-one", lambda: revise(hypothesis("h1", 100, mechanism="n-plus-on")))


def test_a_hypothesis_may_stand_on_words() -> None:
    (one,) = revise(hypothesis("h1", 100, evidence_for=(" I saw it ", ""))).hypotheses
    assert one.evidence_for == ("I saw it",)


UPDATE: Fields = {
    "status": "identified",
    "what_happened": "A release cut the timeouts.",
    "what_we_did": "Rolled back.",
    "current_state": "Recovering.",
    "confidence": 90,
    "unknowns": ["why"],
    "next_steps": ["watch"],
    "readers": "executive",
    "eta_minutes": 10.0,
}


def posted(**fields: Any) -> events.UpdatePosted:
    return update_checks.update_posted(entries.Update(**fields), by="sam", known_systems=SYSTEMS)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"confidence": None}, "how sure are you?"),
        ({"confidence": 900}, "whole number from 0 to 100"),
        ({"status": "fine"}, "there is no status 'fine'"),
        ({"readers": "everyone"}, "there is no group of readers 'everyone'"),
        ({"what_happened": "  "}, "'what_happened' is missing"),
        ({"what_we_did": ""}, "'what_we_did' is missing"),
        ({"current_state": ""}, "'current_state' is missing"),
        ({"next_steps": ["", " "]}, "'next_steps' is empty"),
        ({"eta_minutes": -0.5}, "at least 0"),
        ({"eta_minutes": float("nan")}, "at least 0"),
        ({"eta_latest_minutes": 5.0}, "end of the interval"),
        ({"eta_minutes": None, "eta_latest_minutes": 5.0}, "end of the interval"),
        ({"components": {"payment": "operational"}}, "did you mean payments"),
        ({"components": {"payments": "meh"}}, "there is no component status 'meh'"),
    ],
)
def test_an_update_that_lacks_a_part_is_refused(change: Fields, expected: str) -> None:
    refused(expected, lambda: posted(**{**UPDATE, **change}))


def test_a_whole_update_passes_and_unknowns_may_be_none() -> None:
    event = posted(**{**UPDATE, "unknowns": [], "components": {"payments": "partial_outage"}})
    assert event.components == {"payments": "partial_outage"}
    assert event.unknowns == ()


@pytest.mark.parametrize("status", ["resolved", "recovering"])
def test_an_end_that_has_come_is_no_mistake(status: str) -> None:
    assert posted(**{**UPDATE, "status": status, "eta_minutes": 0.0}).eta_minutes == 0
    refused("'within_s' is a number above 0", lambda: number("within_s", 0.0, at_most=1.0))


def test_roles_are_taken_held_by_several_and_given_up() -> None:
    story = story_of(
        (0.0, events.RoleJoined("alex", "on-call")), (1.0, events.RoleJoined("kim", "on-call"))
    )
    assert checks.role_joined(story, " alex ", "bridge") == events.RoleJoined("alex", "bridge")
    refused(
        "holds the role 'on-call' already", lambda: checks.role_joined(story, "alex", "on-call")
    )
    refused("did you mean backend", lambda: checks.role_joined(story, "alex", "backed"))
    refused("'person' is missing", lambda: checks.role_joined(story, " ", "backend"))
    refused("it is held by: alex, kim", lambda: checks.role_left(story, "sam", "on-call"))
    refused("it is held by: nobody", lambda: checks.role_left(story, "sam", "backend"))
    assert role_holders(story) == {"on-call": ("alex", "kim")}
    left = story_of(
        (0.0, events.RoleJoined("alex", "on-call")), (1.0, events.RoleLeft("alex", "on-call"))
    )
    assert role_holders(left) == {}


INCIDENT: Fields = {
    "severity": "sev1",
    "summary": "Checkout fails",
    "systems": ["payments", "payments"],
    "blast_radius": "everybody who pays",
    "escalate": ["revenue"],
}


def declared(**fields: Any) -> events.IncidentDeclared:
    return checks.incident_declared(entries.Incident(**fields), known_systems=SYSTEMS, by="alex")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"severity": "high"}, "there is no severity 'high'"),
        ({"systems": []}, "'systems' is empty"),
        ({"systems": ["paymets"]}, "did you mean payments"),
        ({"blast_radius": ""}, "'blast_radius' is missing"),
        ({"escalate": ["boss"]}, "there is no escalation 'boss'"),
        ({"users_affected": -1}, "at least 0"),
    ],
)
def test_a_declaration_that_lacks_a_part_is_refused(change: Fields, expected: str) -> None:
    assert declared(**INCIDENT).systems == ("payments",)
    refused(expected, lambda: declared(**{**INCIDENT, **change}))


TRIAGE: Fields = {
    "known": ["checkout fails"],
    "unknown": ["why"],
    "priorities": [{"kind": "prevent-cascade", "text": "is one failure causing others?"}],
    "not_doing_yet": [],
}


def triaged(**fields: Any) -> events.TriageWritten:
    return checks.triage_written(entries.Triage(**fields), by="alex")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"known": [""]}, "'known' is empty"),
        ({"unknown": []}, "'unknown' is empty"),
        ({"priorities": []}, "prevent-cascade, diagnose"),
        ({"priorities": [{"kind": "panic", "text": "run"}]}, "there is no priority 'panic'"),
        ({"priorities": [{"kind": "fix", "text": " "}]}, "'priorities' is missing"),
        ({"known": ["x"] * 51}, "50 are the most"),
        ({"priorities": [{"kind": "fix", "text": "x"}] * 51}, "50 are the most"),
    ],
)
def test_a_triage_that_lacks_a_part_is_refused(change: Fields, expected: str) -> None:
    assert triaged(**TRIAGE).priorities[0].kind == "prevent-cascade"
    refused(expected, lambda: triaged(**{**TRIAGE, **change}))


ACTION: Fields = {
    "action": "rollback",
    "target": "payments",
    "expectation": "errors fall below 5 %",
    "probability_percent": 90,
    "within_s": 120.0,
    "if_worse": "roll forward",
    "by": "dana",
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"if_worse": ""}, "'if_worse' is missing"),
        ({"target": ""}, "'target' is missing"),
        ({"expectation": ""}, "'expectation' is missing"),
        ({"probability_percent": None}, "how sure are you?"),
        ({"within_s": 0.0}, "above 0"),
        ({"action": "pray"}, "there is no action 'pray'"),
    ],
)
def test_a_rollback_is_stated_with_target_expectation_and_way_back(
    change: Fields, expected: str
) -> None:
    refused(expected, lambda: checks.action_stated(Story(), **{**ACTION, **change}))


def test_a_restart_needs_no_way_back_and_waiting_no_target() -> None:
    checks.action_stated(Story(), **{**ACTION, "action": "restart", "if_worse": ""})
    checks.action_stated(Story(), **{**ACTION, "action": "wait", "target": "", "if_worse": ""})


def test_an_outcome_belongs_to_one_open_action() -> None:
    stated = checks.action_stated(Story(), **ACTION)
    story = story_of((0.0, stated))
    assert stated.action_id == "act-1"
    assert checks.action_stated(story, **ACTION).action_id == "act-2"
    fields: Fields = {"met": True, "measured": "45 % → 2 %", "by": "dana"}
    outcome = checks.outcome_measured(story, action_id="act-1", **fields)
    refused("'act-7'", lambda: checks.outcome_measured(story, action_id="act-7", **fields))
    done = story_of((0.0, stated), (1.0, outcome))
    assert open_actions(done) == ()
    refused("no stated action", lambda: checks.outcome_measured(done, action_id="act-1", **fields))


def test_only_alerts_that_fired_can_be_marked() -> None:
    def marked(alert: str, mark: str) -> events.AlertMarked:
        entry = entries.Mark(alert=alert, mark=mark)
        return checks.alert_marked(entry, by="alex", known_alerts=["HighLatency"])

    assert marked("HighLatency", "symptom")
    refused("HighLatency", lambda: marked("Latency", "symptom"))
    refused("there is no mark 'root'", lambda: marked("HighLatency", "root"))


PATTERN: Fields = {
    "pattern": "p",
    "symptoms": ["s", " "],
    "root_cause": "r",
    "detection": "d",
    "resolution": "x",
}


def test_a_learning_entry_has_all_its_fields_and_no_other() -> None:
    stored = _learn(PATTERN)
    assert stored.fields["symptoms"] == ("s",)
    for name in PATTERN:
        less = {key: value for key, value in PATTERN.items() if key != name}
        refused(f"'{name}' is missing", lambda less=less: _learn(less))  # type: ignore[misc]
    refused("has no field 'mood'", lambda: _learn({**PATTERN, "mood": "x"}))
    refused("one text, not a list", lambda: _learn({**PATTERN, "pattern": ["a"]}))
    refused("'symptoms' is empty", lambda: _learn({**PATTERN, "symptoms": []}))
    refused("there is no kind", lambda: _learn(PATTERN, kind="poem"))


def _learn(fields: Fields, kind: str = "incident_pattern") -> events.LearningStored:
    return learning_checks.learning_stored(entries.Learning(kind=kind, fields=fields), by="kim")


def test_an_improvement_says_how_surely_it_helps() -> None:
    fields = {"area": "a", "current": "c", "proposed": "p"}
    for good in ("80%", "80 %", "0%", "100%"):
        _learn({**fields, "confidence_this_prevents_repeat": good}, "process_improvement")
    for bad in ("80", "101%", "high", "-1%"):
        refused("a percentage", lambda bad=bad: _learn(  # type: ignore[misc]
            {**fields, "confidence_this_prevents_repeat": bad}, "process_improvement"
        ))  # fmt: skip


def test_reflection_answers_the_questions_that_were_asked() -> None:
    asked = ["What early signals did you observe?"]

    def reflected(kind: str, question: str) -> events.ReflectionWritten:
        entry = entries.Reflection(kind=kind, text="the tickets", question=question)
        return learning_checks.reflection_written(entry, by="kim", questions=asked)

    assert reflected("answer", asked[0]).question == asked[0]
    refused("there is no question", lambda: reflected("answer", "Why?"))
    refused("goes with an answer", lambda: reflected("went-well", asked[0]))


def test_action_items_have_owners_and_checks_that_exist() -> None:
    story = story_of((0.0, events.ActionItemAdded("ai-1", "x", "sam", "", "kim")))

    def added(owner: str, check: str = "") -> events.ActionItemAdded:
        entry = entries.ActionItem(text="stage it", owner=owner, check=check)
        return learning_checks.action_item_added(story, entry, by="kim", known_checks=["load-test"])

    assert added("sam", "load-test").item_id == "ai-2"
    refused("'owner' is missing", lambda: added(""))
    refused("there is no check 'loadtest'", lambda: added("sam", "loadtest"))


def test_a_cause_is_analysed_by_level_and_confidence() -> None:
    def analysed(level: str, confidence: int | None) -> events.CauseAnalysed:
        entry = entries.Analysis(level=level, text="no review", confidence=confidence)
        return learning_checks.cause_analysed(entry, by="kim")

    assert analysed("deeper", 95)
    refused("there is no level 'deep'", lambda: analysed("deep", 95))
    refused("how sure are you?", lambda: analysed("deeper", None))


START = (0.0, events.ClockStarted("small", 1.0))


def test_the_clock_takes_only_what_it_can_do() -> None:
    ic = instructor_checks
    running, paused = story_of(START), story_of(START, (1.0, events.ClockPaused("lee")))
    told = events.ClockStarted("small", 10.0, cause_target_ms=60_000)
    assert ic.clock_started(AGENDA, Story(), 10.0) == told
    refused("started already", lambda: ic.clock_started(AGENDA, running, 1.0))
    refused("'speed' is a number above 0", lambda: ic.clock_started(AGENDA, Story(), 0.0))
    refused("does not run", lambda: ic.clock_paused(Story(), by="lee"))
    refused("does not run", lambda: ic.clock_paused(paused, by="lee"))
    refused("is not paused", lambda: ic.clock_resumed(running, by="lee"))
    assert ic.clock_resumed(paused, by="lee") == events.ClockResumed("lee")
    extended = ic.clock_extended(AGENDA, running, 61_000, extra_s=30, by="lee")
    assert extended == events.ClockExtended("fix", 30.0, "lee")
    refused(
        "has no end to move",
        lambda: ic.clock_extended(AGENDA, running, 95_000, extra_s=30, by="lee"),
    )
    refused("'extra_s'", lambda: ic.clock_extended(AGENDA, running, 61_000, extra_s=-1.0, by="lee"))
    assert ic.clock_skipped(AGENDA, running, 1_000, by="lee") == events.ClockSkipped("look", "lee")
    meant = ic.clock_skipped(AGENDA, running, 1_000, by="lee", meant="look")
    assert meant == events.ClockSkipped("look", "lee")
    refused(
        "'read' is over: now it is",
        lambda: ic.clock_skipped(AGENDA, running, 1_000, by="lee", meant="read"),
    )
    refused("has not started", lambda: ic.clock_skipped(AGENDA, Story(), 0, by="lee"))
    over = story_of(START, (95.0, events.ClockSkipped("talk", "lee")))
    refused("is over", lambda: ic.clock_skipped(AGENDA, over, 96_000, by="lee"))


def test_an_inject_is_thrown_once() -> None:
    thrown = instructor_checks.inject_thrown(AGENDA, Story(), "by-hand", by="lee")
    assert (thrown.inject_id, thrown.by) == ("by-hand", "lee")
    again = story_of((0.0, thrown))
    refused(
        "has had 'by-hand' already",
        lambda: instructor_checks.inject_thrown(AGENDA, again, "by-hand", by="lee"),
    )
    with pytest.raises(UnknownName):
        instructor_checks.inject_thrown(AGENDA, Story(), "flood", by="lee")


def test_hints_come_in_order_until_there_are_no_more() -> None:
    first = instructor_checks.hint_taken(Story(), ["a", "b"], by="alex")
    assert (first.number, first.text, first.cost_points) == (1, "a", 5)
    second = instructor_checks.hint_taken(story_of((0.0, first)), ["a", "b"], by="alex")
    assert second.text == "b"
    both = story_of((0.0, first), (1.0, second))
    refused("no further hint", lambda: instructor_checks.hint_taken(both, ["a", "b"], by="alex"))


def test_the_instructor_confirms_a_cause_that_was_declared() -> None:
    ic = instructor_checks
    refused("no cause has been declared", lambda: ic.cause_confirmed(Story(), right=True, by="lee"))
    declared = events.DiagnosisDeclared("payments", "overload", 50, (), "", "alex")
    story = story_of((0.0, declared), (1.0, events.NoteAdded("x", "kim")), (2.0, declared))
    assert ic.cause_confirmed(story, right=True, by="lee").diagnosis_seq == 3
    assert ic.cause_confirmed(story, right=False, by="lee", diagnosis_seq=1).diagnosis_seq == 1
    refused(
        "there is no diagnosis '2'",
        lambda: ic.cause_confirmed(story, right=True, by="lee", diagnosis_seq=2),
    )


def test_a_line_is_judged_within_its_points() -> None:
    lines = {"quality_held": 10}
    judge = instructor_checks.line_judged
    assert judge(line="quality_held", points=10, by="lee", points_of=lines).points == 10
    for points in (-1, 11):
        refused(
            "gives 0 to 10 points",
            lambda points=points: judge(  # type: ignore[misc]
                line="quality_held", points=points, by="lee", points_of=lines
            ),
        )
    refused("there is no line", lambda: judge(line="quality", points=1, by="lee", points_of=lines))
