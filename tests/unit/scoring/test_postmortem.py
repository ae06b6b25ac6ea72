"""The draft holds what the record holds, asks for the rest, and shows text as text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.causes import Answer
from harness.model import Mechanism
from harness.record.events import (
    AlertFired,
    ClockStarted,
    DiagnosisDeclared,
    HypothesesRevised,
    IncidentDeclared,
    PageSent,
    ReflectionWritten,
)
from harness.scoring.case import AnswerKey
from harness.scoring.guardrails import guardrails
from harness.scoring.kpi import Kpis, WrongActions
from harness.scoring.learning import learning_json
from harness.scoring.postmortem import MEASURING, draft
from harness.scoring.postmortem_model import from_json, schema_json, to_json
from harness.scoring.postmortem_text import to_markdown
from harness.scoring.times import Times
from harness.telemetry.prometheus_server import PrometheusSettings, prometheus_config
from tests.unit.scoring.stories import KEY, PANIC, STRUCTURED, both, changed, story_of, without

KPIS = Kpis(
    Times(both(12_000), both(18_000), both(228_000), both(372_000), both(612_000)),
    users_affected=49_873,
    revenue_lost=2_512.5,
    updates=2,
    diagnoses=1,
    wrong=WrongActions(restarts=0, innocent_rollbacks=0, failed_deploys=0),
)
EMPTY = replace(KPIS, times=Times(), users_affected=None, revenue_lost=None)
PUBLISHED = Path(__file__).parents[3] / "docs" / "schema" / "postmortem-1.json"


def test_the_draft_of_the_incident_lacks_nothing() -> None:
    post = draft(story_of(STRUCTURED), KPIS, KEY)
    assert post.missing == ()
    assert post.remarks == ()
    assert [cause.level for cause in post.causes] == ["surface", "deeper", "deepest"]
    assert [cause.confidence_percent for cause in post.causes] == [99, 95, 90]
    assert len(post.went_well) == 5
    assert len(post.could_improve) == 3
    assert [item.owner for item in post.action_items] == ["sam", "dana", "dana", "kim"]
    assert post.impact.users_affected == 49_873
    assert post.impact.users_declared == 50_000
    assert "Revenue lost, from the baseline: € 2,512.50" in to_markdown(post)
    assert post.impact.systems == ("payments", "gateway")
    assert post.impact.systems_alerting == ("gateway", "payments")
    assert post.pattern == "structured"


def test_the_draft_of_an_empty_record_asks_for_everything() -> None:
    post = draft(story_of([]), EMPTY)
    assert len(post.missing) == 9
    assert post.timeline == ()
    assert post.guardrails == ()
    text = to_markdown(post)
    assert "Users affected, from the baseline: no data" in text
    assert "Revenue lost, from the baseline: no data" in text
    assert "## Still to write" in text


def test_what_would_tell_the_answer_stays_out_without_the_key() -> None:
    sealed = without(STRUCTURED, DiagnosisDeclared, HypothesesRevised)
    post = draft(story_of(sealed), KPIS.sealed())
    text = to_markdown(post) + to_json(post)
    assert KEY.title not in text
    assert KEY.locus not in text
    assert "timeout-misconfigured" not in text
    assert "TTD (detect), from the fault: sealed" in text
    revealed = to_markdown(draft(story_of(sealed), KPIS, KEY))
    assert KEY.title in revealed
    assert KEY.locus in revealed


def test_the_timeline_is_in_the_order_of_the_record_and_counts_from_the_page() -> None:
    post = draft(story_of(STRUCTURED), KPIS, KEY)
    assert [one.seq for one in post.timeline] == sorted(one.seq for one in post.timeline)
    rollback = next(one for one in post.timeline if one.what.startswith("rollback"))
    assert (rollback.since_page_s, rollback.since_page_agenda_s) == (240.0, 240.0)
    assert rollback.who == "dana"
    assert rollback.what == "rollback: payments 2.4.2 → 2.4.1: back again"
    assert "| 4:00 | dana | rollback: payments 2.4.2 → 2.4.1: back again |" in to_markdown(post)
    fast = changed(STRUCTURED, ClockStarted, lambda _: {"speed": 2.0})
    text = to_markdown(draft(story_of(fast), KPIS, KEY))
    assert "| From the page | Agenda | Who | What |" in text
    assert "| 4:00 | 8:00 | dana | rollback" in text


def test_the_timeline_never_shows_what_only_instructors_may_see() -> None:
    told = draft(story_of(STRUCTURED), KPIS, KEY).timeline
    story = story_of(STRUCTURED)
    hidden = {one.seq for one in story.entries if one.event.audience != "all"}
    assert hidden
    assert not hidden & {one.seq for one in told}


def test_blaming_wording_is_remarked_on_and_not_changed() -> None:
    story = [
        *STRUCTURED,
        (34.0, ReflectionWritten("could-improve", "Dana forgot staging", "kim")),
    ]
    post = draft(story_of(story), KPIS, KEY)
    assert [remark.words for remark in post.remarks] == ["Dana forgot"]
    assert "Dana forgot staging" in post.could_improve
    assert "Wording to review" in to_markdown(post)


def test_what_people_wrote_is_text_in_the_markdown() -> None:
    evil = "<script>alert(1)</script>\n# Heading\n| a | b | [x](javascript:y) `z`"
    story = changed(STRUCTURED, ReflectionWritten, lambda _: {"text": evil})
    story = changed(story, PageSent, lambda _: {"summary": evil})
    story = changed(story, IncidentDeclared, lambda _: {"summary": evil})
    text = to_markdown(draft(story_of(story), KPIS, KEY))
    assert "<script>" not in text
    assert "\n# Heading" not in text
    assert "[x](javascript" not in text
    assert "\\<script\\>" in text


def test_the_json_comes_back_as_the_same_postmortem() -> None:
    for story in (STRUCTURED, PANIC):
        post = draft(story_of(story), KPIS, KEY)
        assert from_json(to_json(post)) == post


def test_the_published_schema_is_that_of_the_code() -> None:
    command = "python -c 'from harness.scoring.postmortem_model import *; print(schema_json())'"
    assert PUBLISHED.read_text() == schema_json(), f"publish it again: {command}"


def test_the_published_schema_names_every_key_that_is_written() -> None:
    schema = json.loads(PUBLISHED.read_text())
    written = json.loads(to_json(draft(story_of(STRUCTURED), KPIS, KEY)))
    assert set(written) == set(schema["properties"]) == set(schema["required"])
    impact = schema["$defs"]["Impact"]
    assert set(written["impact"]) == set(impact["properties"])


def test_learning_entries_are_flat_objects_with_their_type() -> None:
    entries = learning_json(story_of(STRUCTURED))
    assert [entry["type"] for entry in entries] == [
        "incident_pattern",
        "diagnostic_lesson",
        "process_lesson",
        "process_improvement",
        "cultural_insight",
    ]
    assert entries[0] == {
        "type": "incident_pattern",
        "pattern": "aggressive_timeout_cascade",
        "symptoms": ("connection timeouts", "pool exhaustion", "cascade failure"),
        "root_cause": "timeout too short for external service variability",
        "detection": "check recent deployments, especially config changes",
        "resolution": "rollback or adjust timeout",
    }
    assert entries[3]["confidence_this_prevents_repeat"] == "80%"


@pytest.mark.parametrize("mechanism", [one.value for one in Mechanism])
def test_every_mechanism_has_guardrails_that_name_the_service(mechanism: str) -> None:
    guard = guardrails(mechanism, "payments")
    assert guard is not None
    assert guard.spec
    assert guard.pull_requests
    text = " ".join([*guard.spec, *guard.playbook, *guard.thresholds])
    assert "{service}" not in text
    assert mechanism == "no-fault" or "payments" in text


def test_the_guardrails_of_the_workshop_are_there() -> None:
    assert "Decimal" in str(guardrails("numeric-precision", "billing"))
    assert "circuit breaker" in str(guardrails("circular-call", "c"))
    assert "Batch, and async" in str(guardrails("n-plus-one", "orders"))
    assert guardrails("witchcraft", "orders") is None


def test_guardrails_follow_the_truth_not_a_wrong_belief() -> None:
    wrong = changed(
        STRUCTURED, DiagnosisDeclared, lambda _: {"mechanism": "n-plus-one", "service": "orders"}
    )
    [told] = draft(story_of(wrong), KPIS, KEY).guardrails
    assert (told.title != "Batch, and async", told.service) == (True, "payments")
    [believed] = draft(story_of(wrong), KPIS).guardrails
    assert (believed.title, believed.service) == ("Batch, and async", "orders")


BOTH = AnswerKey(
    (
        Answer(
            ("orders", "a"),
            ("n-plus-one", "overload"),
            "orders",
            "n-plus-one",
        ),
        Answer(("billing",), ("numeric-precision",)),
    )
)


def test_each_of_two_causes_has_guardrails_for_its_own_service() -> None:
    post = draft(story_of(STRUCTURED), KPIS, BOTH)
    assert [(one.service, one.title) for one in post.guardrails] == [
        ("orders", "Batch, and async"),
        ("billing", "Money is Decimal"),
    ]
    queries, money = post.guardrails
    assert "request of orders does not grow" in str(queries)
    assert "billing" not in str(queries)
    assert "in billing" in str(money)
    text = to_markdown(post)
    assert "### Team spec of orders: Batch, and async" in text
    assert "### Team spec of billing: Money is Decimal" in text


def test_a_cause_goes_by_the_accepted_name_that_the_team_gave_it() -> None:
    said = changed(
        STRUCTURED, DiagnosisDeclared, lambda _: {"mechanism": "overload", "service": "a"}
    )
    first = draft(story_of(said), KPIS, BOTH).guardrails[0]
    assert (first.service, first.title) != ("orders", "Batch, and async")
    assert first.service == "a"


def test_one_cause_alone_needs_no_name_in_its_headings() -> None:
    text = to_markdown(draft(story_of(STRUCTURED), KPIS, KEY))
    assert "### Pull request guardrails\n" in text


def test_where_nothing_was_wrong_the_guardrails_are_no_service_s() -> None:
    nothing = AnswerKey((Answer(("none",), ("no-fault",)),))
    [told] = draft(story_of(STRUCTURED), KPIS, nothing).guardrails
    assert told.service == ""
    assert "none" not in str(told.spec)


def test_what_measures_the_shop_is_no_system_of_it() -> None:
    """Negative control: the gateway of the same record is one."""
    load = (0.1, AlertFired("u", "ErrorBudgetBurn", "critical", "5 % fail", "load"))
    story = story_of(sorted([*STRUCTURED, load], key=lambda one: one[0]))
    systems = draft(story, KPIS).impact.systems_alerting
    assert "load" not in systems
    assert "gateway" in systems


def test_every_target_of_the_telemetry_is_a_service_or_measures_them(tmp_path: Path) -> None:
    settings = PrometheusSettings(
        binary=tmp_path, run_dir=tmp_path, port=1, services={"a": 2}, load_port=3,
        recorder_port=4, pager_port=5, pager_password_file=tmp_path,
    )  # fmt: skip
    jobs: Any = prometheus_config(settings)["scrape_configs"]
    targets = {one["labels"]["service"] for job in jobs for one in job["static_configs"]}
    assert targets - {"a"} == MEASURING
