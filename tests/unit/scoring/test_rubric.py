"""The rubric: the incident handled well earns it all, and every line is decided by the record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.causes import Answer
from harness.errors import BadFile
from harness.record import events as e
from harness.scoring.case import AnswerKey
from harness.scoring.rubric import RUBRIC, RULES, points_of_lines, read_rubric, the_rubric
from harness.scoring.score import Score, score, score_lines
from tests.unit.scoring.stories import (
    JUDGED,
    KEY,
    PANIC,
    STRUCTURED,
    Moment,
    alert,
    case_of,
    changed,
    deploy,
    hypotheses,
    moved,
    story_of,
    without,
)

FOR_PEOPLE = {"reflection_was_thorough", "quality_held"}
"""Rules that can withhold points, but leave giving them to the instructor."""

ENDED = (60.0, e.DrillFinished("asked"))


def lines_of(scored: Score) -> dict[str, str]:
    return {line.line: line.verdict for section in scored.sections for line in section.lines}


def test_the_rubric_is_four_times_25_and_a_bonus_of_30() -> None:
    sections = the_rubric()
    assert [section.points for section in sections] == [25, 25, 25, 25, 30]
    assert [section.is_bonus for section in sections] == [False] * 4 + [True]
    assert len(points_of_lines()) == 23


def test_the_incident_handled_well_earns_the_whole_rubric() -> None:
    scored = score(story_of([*STRUCTURED, *JUDGED]), KEY)
    assert (scored.total, scored.bonus, scored.open_points) == (100, 30, 0)
    assert scored.classification.pattern == "structured"


def test_what_only_a_person_can_judge_waits_for_one() -> None:
    scored = score(story_of(STRUCTURED), KEY)
    assert (scored.total, scored.bonus, scored.open_points) == (95, 20, 15)
    waiting = {line for line, verdict in lines_of(scored).items() if verdict != "given"}
    assert waiting == FOR_PEOPLE


def test_the_incident_handled_in_panic_earns_nothing() -> None:
    scored = score(story_of(PANIC), KEY)
    assert (scored.total, scored.bonus) == (0, 0)


def test_every_decided_line_names_the_events_that_decided_it() -> None:
    story = story_of([*STRUCTURED, *JUDGED])
    known = {one.seq for one in story.entries}
    for section in score(story, KEY).sections:
        for line in section.lines:
            assert line.seqs, line.line
            assert set(line.seqs) <= known


def test_a_team_that_was_never_paged_has_no_data() -> None:
    quiet = score(story_of([(0.0, e.BaselineConfirmed({}))]), KEY)
    assert set(lines_of(quiet).values()) == {"no data"}
    assert (quiet.total, quiet.bonus, quiet.open_points) == (0, 0, 130)


def test_the_instructors_judgement_stands_above_the_rule_but_within_the_line() -> None:
    judged = [
        *STRUCTURED,
        (40.0, e.LineJudged("structured_triage", 2, "half of it", "lee")),
        (40.1, e.LineJudged("pattern_stored", 99, "", "lee")),
    ]
    scored = score(story_of(judged), KEY)
    by_line = {line.line: line for section in scored.sections for line in section.lines}
    assert (by_line["structured_triage"].points, by_line["structured_triage"].verdict) == (
        2,
        "judged",
    )
    assert by_line["pattern_stored"].points == 5


def test_hints_cost_points_but_never_more_than_there_are() -> None:
    hint = e.HintTaken(1, "look at the deploys", 5, "alex")
    assert score(story_of([*STRUCTURED, (2.1, hint)]), KEY).total == 90
    assert score(story_of([*PANIC, (2.1, hint)]), KEY).total == 0


def test_the_lines_of_the_terminal_are_plain_and_mark_what_is_open() -> None:
    lines = score_lines(score(story_of(STRUCTURED), KEY))
    assert lines[0] == "95 of 100, bonus 20 of 30, not decided yet 15"
    assert any("?/5" in line and "thorough" in line for line in lines)
    assert all(line.isprintable() for line in lines)


def test_the_score_as_json_holds_the_sums_and_every_line() -> None:
    data = score(story_of(STRUCTURED), KEY).to_json()
    assert (data["total"], data["bonus"], data["open_points"]) == (95, 20, 15)
    assert [section["points"] for section in data["sections"]] == [25, 20, 25, 25, 20]
    assert data["sections"][0]["lines"][0]["seqs"]
    assert data["classification"]["pattern"] == "structured"
    assert json.loads(json.dumps(data))["table"][0]["confidence"] == "70% → 95%"


def test_a_score_without_the_key_tells_nothing_of_the_answer() -> None:
    blind = json.dumps(score(story_of(STRUCTURED), None).to_json())
    assert KEY.title not in blind
    verdicts = lines_of(score(story_of(STRUCTURED), None))
    assert verdicts["probabilities_came_true"] == "no data"
    assert '"came_true": true' not in blind


WITHHELD: dict[str, list[Moment]] = {
    "structured_triage": moved(STRUCTURED, e.TriageWritten, 4.5),
    "containment_before_diagnosis_before_fix": changed(
        STRUCTURED,
        e.TriageWritten,
        lambda one: {"priorities": (e.Priority("fix", "restart it"), *one.priorities)},
    ),
    "verified_before_acting": [
        one for one in STRUCTURED if one[0] not in (3.5, 3.6)
    ],
    "way_back_planned": changed(STRUCTURED, e.ActionStated, lambda _: {"if_worse": ""}),
    "resolved_in_time": moved(STRUCTURED, e.AlertResolved, 10.0),
    "known_and_unknown": changed(STRUCTURED, e.TriageWritten, lambda _: {"unknown": ()}),
    "exhaustion_is_a_symptom": changed(STRUCTURED, e.AlertMarked, lambda _: {"mark": "source"}),
    "evidence_before_acting": [
        (0.5, deploy("restart", "payments", e.DeployStarted)) if one[0] == 0.1 else one
        for one in STRUCTURED
    ],
    "reflection_was_thorough": [
        one for one in STRUCTURED if not isinstance(one[1], e.ReflectionWritten)
    ],
    "causes_beneath_the_surface": changed(
        STRUCTURED, e.CauseAnalysed, lambda _: {"level": "surface"}
    ),
    "pattern_stored": changed(
        STRUCTURED, e.LearningStored, lambda one: {"fields": {**one.fields, "symptoms": ()}}
    ),
    "diagnostic_lesson_stored": without(STRUCTURED, e.LearningStored),
    "process_improvement_stored": without(STRUCTURED, e.LearningStored),
    "blameless_and_accountable": [
        *STRUCTURED,
        (34.0, e.ReflectionWritten("could-improve", "It was the author's fault", "kim")),
    ],
    "improvements_are_actionable": changed(STRUCTURED, e.ActionItemAdded, lambda _: {"owner": ""}),
    "uncertainty_expressed": [
        (2.5, hypotheses(100, 0, 0)) if one[0] == 2.5 else one for one in STRUCTURED
    ],
    "confidence_moved_by_evidence": [
        (3.5, hypotheses(95, 5, 0)) if one[0] == 3.5 else one for one in STRUCTURED
    ],
    "executive_told_confidence": changed(
        STRUCTURED, e.UpdatePosted, lambda _: {"readers": "internal"}
    ),
    "eta_not_overcommitted": changed(STRUCTURED, e.UpdatePosted, lambda _: {"eta_minutes": 1.0}),
    "probabilities_came_true": changed(
        changed(STRUCTURED, e.OutcomeMeasured, lambda _: {"met": False}),
        e.DiagnosisDeclared,
        lambda _: {"service": "users"},
    ),
    "structure_held": PANIC,
    "capabilities_complemented": without(STRUCTURED, e.OutcomeMeasured),
    "quality_held": PANIC,
}  # fmt: skip
"""Rule → a record on which it withholds the points."""

NO_DATA: dict[str, list[Moment]] = {
    "verified_before_acting": without(STRUCTURED, e.DeployStarted),
    "way_back_planned": without(STRUCTURED, e.DeployStarted),
    "evidence_before_acting": without(STRUCTURED, e.DeployStarted),
    "capabilities_complemented": without(STRUCTURED, e.DeployStarted),
    "resolved_in_time": without(STRUCTURED, e.AlertResolved),
    "exhaustion_is_a_symptom": [
        one for one in STRUCTURED if getattr(one[1], "name", "") != "DatabasePoolExhausted"
    ],
    "executive_told_confidence": without(STRUCTURED, e.InjectDelivered, e.UpdatePosted),
    "eta_not_overcommitted": changed(STRUCTURED, e.UpdatePosted, lambda _: {"eta_minutes": None}),
    "probabilities_came_true": without(
        STRUCTURED, e.HypothesesRevised, e.DiagnosisDeclared, e.ActionStated
    ),
}
"""Rule → a record that does not say."""


@pytest.mark.parametrize("name", RULES)
def test_each_rule_gives_its_points_for_the_incident_handled_well(name: str) -> None:
    expected = "for the instructor" if name in FOR_PEOPLE else "given"
    assert RULES[name](case_of(STRUCTURED)).verdict == expected


@pytest.mark.parametrize("name", RULES)
def test_each_rule_withholds_its_points_where_they_are_not_earned(name: str) -> None:
    ended = [*without(WITHHELD[name], e.DrillFinished), ENDED]
    decision = RULES[name](case_of(ended))
    assert decision.verdict == "not given", decision


STILL_TO_COME = (
    "reflection_was_thorough", "causes_beneath_the_surface", "pattern_stored",
    "diagnostic_lesson_stored", "process_improvement_stored", "confidence_moved_by_evidence",
)  # fmt: skip


@pytest.mark.parametrize("name", STILL_TO_COME)
def test_what_can_still_be_earned_is_not_decided_before_the_end(name: str) -> None:
    running = without(WITHHELD[name], e.DrillFinished)
    assert RULES[name](case_of(running)).verdict == "no data"
    assert RULES[name](case_of([*running, ENDED])).verdict == "not given"


@pytest.mark.parametrize(
    ("at", "verdict"), [(4.0, "no data"), (6.0, "not given")], ids=["in-time", "too-late"]
)
def test_a_triage_is_awaited_for_five_minutes(at: float, verdict: str) -> None:
    waited = [(0.0, e.PageSent("p1", "X", "critical", "x")), (at, e.NoteAdded("", "kim"))]
    assert RULES["structured_triage"](case_of(waited)).verdict == verdict


def test_evidence_may_be_saved_a_revision_before_the_probability_that_it_moves() -> None:
    def revised(at: float, first: int, *links: str) -> Moment:
        one = e.Hypothesis("h1", "a", first, evidence_for=links)
        two = e.Hypothesis("h2", "b", 100 - first)
        return at, e.HypothesesRevised((one, two), "", "kim")

    page: Moment = (0.0, e.PageSent("p1", "X", "critical", "x"))
    rule = RULES["confidence_moved_by_evidence"]
    saved = [page, revised(1, 50), revised(2, 50, "trace:1"), revised(3, 80, "trace:1"), ENDED]
    assert rule(case_of(saved)).verdict == "given"
    used_up = [page, revised(1, 50), revised(2, 53, "trace:1"), ENDED]
    assert rule(case_of(used_up)).verdict == "not given", "negative control: nothing moved"
    before = [page, revised(1, 50, "trace:1"), revised(2, 80, "trace:1"), ENDED]
    assert rule(case_of(before)).verdict == "not given", "what it began with moved nothing"


@pytest.mark.parametrize("name", NO_DATA)
def test_a_rule_that_has_nothing_to_look_at_says_so(name: str) -> None:
    decision = RULES[name](case_of(NO_DATA[name]))
    assert decision.verdict == "no data", decision
    assert decision.seqs == ()


def test_no_rule_breaks_on_a_record_that_has_only_begun() -> None:
    for count in range(len(STRUCTURED)):
        case = case_of(STRUCTURED[:count])
        for rule in RULES.values():
            assert rule(case).because


def test_resolution_is_missed_once_the_drill_has_ended_with_alerts() -> None:
    still = [*without(STRUCTURED, e.AlertResolved), ENDED]
    assert RULES["resolved_in_time"](case_of(still)).verdict == "not given"


def test_exhaustion_is_no_symptom_where_the_pool_was_the_cause() -> None:
    pool = AnswerKey((Answer(tuple(KEY.services), ("pool-too-small",)),))
    assert RULES["exhaustion_is_a_symptom"](case_of(STRUCTURED, pool)).verdict == "no data"
    ended = case_of([*STRUCTURED, ENDED], pool)
    assert RULES["exhaustion_is_a_symptom"](ended).verdict == "does not apply"


def only(alert: str) -> list[Moment]:
    """The incident with one alert alone, which somebody marked a symptom."""
    kept = [
        one for one in without(STRUCTURED, e.AlertMarked) if not isinstance(one[1], e.AlertEvent)
    ]
    fired = e.AlertFired("f", alert, "critical", "x", "b")
    marked = e.AlertMarked(alert, "symptom", "", "kim")
    more: list[Moment] = [(0.05, fired), (2.0, marked), ENDED]
    return sorted([*kept, *more], key=lambda one: one[0])


def test_an_exhaustion_that_never_happened_is_not_cited() -> None:
    """Negative control: the alert of exhaustion itself is."""
    rule = RULES["exhaustion_is_a_symptom"]
    busy = rule(case_of(only("ServiceSaturated")))
    assert (busy.verdict, busy.seqs) == ("does not apply", ())
    assert "DatabasePoolExhausted did not fire" in busy.because
    exhausted = rule(case_of(only("DatabasePoolExhausted")))
    assert (exhausted.verdict, exhausted.because) == (
        "given",
        "DatabasePoolExhausted was marked a symptom",
    )


NOT_ASKED: dict[str, list[Moment]] = {
    "exhaustion_is_a_symptom": only("ServiceSaturated"),
    "executive_told_confidence": without(STRUCTURED, e.InjectDelivered, e.UpdatePosted),
    "way_back_planned": changed(STRUCTURED, e.DeployStarted, lambda _: {"kind": "restart"}),
}


@pytest.mark.parametrize("name", NOT_ASKED)
def test_a_line_that_does_not_apply_says_so_and_does_not_count(name: str) -> None:
    ended = [*without(NOT_ASKED[name], e.DrillFinished), ENDED]
    scored = score(story_of(ended), KEY)
    line = next(one for part in scored.sections for one in part.lines if one.line == name)
    assert (line.verdict, line.points, line.points_max) == ("does not apply", 0, 0)
    assert scored.total_max == 95
    assert f"{scored.total} of 95, bonus" in score_lines(scored)[0]
    assert any(
        name_of_line(name) in text and "does not apply" in text for text in score_lines(scored)
    )
    assert scored.to_json()["total_max"] == 95


def name_of_line(rule: str) -> str:
    return next(line.text for part in the_rubric() for line in part.lines if line.rule == rule)


def test_before_the_end_an_occasion_may_still_come() -> None:
    """Negative control: with the end taken away none of these lines is left out."""
    for name, moments in NOT_ASKED.items():
        running = without(moments, e.DrillFinished)
        assert RULES[name](case_of(running)).verdict == "no data", name
        assert score(story_of(running), KEY).total_max == 100


def test_where_nothing_was_wrong_nobody_had_to_act() -> None:
    nothing = AnswerKey((Answer(("none",), ("no-fault",)),))
    idle = [*without(STRUCTURED, e.DeployStarted), ENDED]
    for name in (
        "verified_before_acting", "way_back_planned", "evidence_before_acting",
        "capabilities_complemented",
    ):  # fmt: skip
        assert RULES[name](case_of(idle, nothing)).verdict == "does not apply", name
        assert RULES[name](case_of(idle)).verdict == "no data", "there was something to undo"


def test_the_instructor_may_grade_a_line_that_did_not_apply() -> None:
    judged = (90.0, e.LineJudged("exhaustion_is_a_symptom", 3, "seen all the same", "lee"))
    scored = score(story_of([*only("ServiceSaturated"), judged]), KEY)
    assert scored.total_max == 100


def test_an_automatic_rollback_is_nobodys_action() -> None:
    automatic = replace(deploy("rollback", "c", e.DeployStarted), by="runtime")
    case = case_of([*STRUCTURED[:14], (0.5, automatic), *STRUCTURED[14:]])
    assert RULES["evidence_before_acting"](case).verdict == "given"


def test_a_restart_before_the_page_is_no_response() -> None:
    early = [(-0.6, deploy("restart", "c", e.DeployStarted)), *STRUCTURED]
    assert RULES["evidence_before_acting"](case_of(early)).verdict == "given"


def test_without_an_answer_the_confirmed_cause_counts() -> None:
    unsaid = without(STRUCTURED, e.ActionStated, e.OutcomeMeasured)
    seq = next(i for i, one in enumerate(unsaid, 1) if isinstance(one[1], e.DiagnosisDeclared))
    confirmed = [*unsaid, (41.0, e.CauseConfirmed(seq, True, "", "lee"))]
    assert RULES["probabilities_came_true"](case_of(unsaid, None)).verdict == "no data"
    assert RULES["probabilities_came_true"](case_of(confirmed, None)).verdict == "given"


def test_a_cause_that_the_instructor_rejected_is_not_the_truth() -> None:
    unsaid = changed(STRUCTURED, e.DiagnosisDeclared, lambda _: {"evidence": ()})
    seq = next(i for i, one in enumerate(unsaid, 1) if isinstance(one[1], e.DiagnosisDeclared))
    right = case_of([*unsaid, (41.0, e.CauseConfirmed(seq, True, "", "lee"))], None)
    assert right.truth is not None
    assert right.truth.services == {"payments"}
    wrong = case_of([*unsaid, (41.0, e.CauseConfirmed(seq, False, "", "lee"))], None)
    assert wrong.truth is None


def test_a_second_alert_of_the_same_name_must_be_silent_too() -> None:
    again = [*STRUCTURED, (7.0, alert("PaymentsFailing", "orders"))]
    case = case_of(sorted(again, key=lambda one: one[0]))
    assert RULES["resolved_in_time"](case).verdict == "no data"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('rule = "pattern_stored"', 'rule = "pattern_stord"', "did you mean 'pattern_stored'"),
        ('section = "planning"', 'section = "plan"', "there is no section 'plan'"),
        ("points = 10", "points = 0", "greater than 0"),
        ('rule = "pattern_stored"', 'rule = "quality_held"', "two lines have the rule"),
        ("bonus = true", "bonsu = true", "unknown key 'bonsu'"),
    ],
)
def test_a_malformed_rubric_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text(RUBRIC.read_text().replace(old, new, 1))
    with pytest.raises(BadFile) as caught:
        read_rubric(path)
    assert says in str(caught.value)
    assert caught.value.line is not None
