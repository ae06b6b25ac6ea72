"""Agendas on a live shop, played by what their people type: from joining to the postmortem.

With GOLDEN_FOLDER in the environment each record is exported there: so were made the records that
`tests/unit/scoring/test_golden.py` scores.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.exercise.agenda_files import load_agenda
from harness.record import events
from harness.record.events import AnswerSealed, SealOpened
from harness.record.store import Record
from harness.record.story import fold
from tests.e2e.live import LiveDrill, live_drill
from tests.lanes import in_lane

pytestmark = [pytest.mark.live, pytest.mark.timeout(500)]
PORT_OFFSET = in_lane(19_000)
API = f"http://127.0.0.1:{8900 + PORT_OFFSET}"
GATEWAY = f"http://127.0.0.1:{8000 + PORT_OFFSET}"
TEAM = {
    "Ada": "on-call",
    "Bo": "backend",
    "Cleo": "frontend",
    "Dan": "bridge",
    "Eve": "documentation",
}
LESSONS = {
    "incident_pattern": {
        "pattern": "aggressive_timeout_cascade",
        "symptoms": ["connection timeouts", "pool exhaustion"],
        "root_cause": "timeout too short for a provider that varies",
        "detection": "look at the latest deploys, configuration first",
        "resolution": "roll back, or adjust the timeout",
    },
    "diagnostic_lesson": {
        "lesson": "an exhausted pool is usually a symptom",
        "explanation": "something holds its connections",
        "action": "find what holds them before enlarging the pool",
    },
    "process_improvement": {
        "area": "timeouts",
        "current": "no guidance",
        "proposed": "a change of a timeout needs a load test",
        "confidence_this_prevents_repeat": "90%",
    },
}


@dataclass(frozen=True)
class Plan:
    """How an agenda is played."""

    agenda: str
    speed: int
    review: str
    """The phase in which lessons are written; played up to it."""
    is_patient: bool = False
    """Whether phases are left to the clock; else the instructor ends them."""


PLANS = (
    Plan("workshop-60", 60, "review", is_patient=True),
    Plan("incident-u3", 20, "postmortem"),
)
LONGER_PLANS = (
    Plan("workshop-180", 60, "review"),
    Plan("outage-3am", 30, "postmortem"),
)
"""Of the same kinds, two minutes each: `make torture` plays these."""


@dataclass(frozen=True)
class Played:
    """An exercise that is over."""

    plan: Plan
    run_dir: Path

    @property
    def story(self) -> Any:
        with Record(self.run_dir / "record.db") as record:
            return fold(record.events())


class Team:
    """People at their terminals; every command has to succeed."""

    def __init__(self, drill: LiveDrill, folder: Path) -> None:
        self.drill, self.folder = drill, folder

    def type(self, who: str, *words: str) -> str:
        self.drill.env["DRILL_PERSON"] = who
        done = self.drill.drill(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def file(self, who: str, fields: dict[str, Any], *words: str) -> str:
        path = self.folder / "fields.json"
        path.write_text(json.dumps(fields))
        return self.type(who, *words, "--file", str(path))


@pytest.fixture(
    scope="module",
    params=[
        *PLANS,
        *(pytest.param(one, marks=pytest.mark.torture) for one in LONGER_PLANS),
    ],
    ids=lambda plan: plan.agenda,
)
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """An exercise that has been played to its end."""
    plan: Plan = request.param
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as env:
        env.setenv("AGENDA", plan.agenda)
        env.setenv("SPEED", str(plan.speed))
        env.setenv("AIGATE_OPENAI_KEY", "sk-nobody-ever-asks")
        env.setenv("AIGATE_OPENAI_UPSTREAM", "http://127.0.0.1:9")
        with live_drill(home, "bad-timeouts", PORT_OFFSET) as drill:
            team = Team(drill, tmp_path_factory.mktemp("desk"))
            gather(team)
            investigate(team)
            contain(team)
            reach(team, plan)
            learn(team)
            run_dir = drill.run_dir
            team.type("Eve", "finish")
            assert drill.process.wait(timeout=60) == 0
            drill.end()
            score = json.loads(drill.drill("score", "--json").stdout)
            (run_dir / "score-for-the-test.json").write_text(json.dumps(score))
            history = drill.drill("history", "--json")
            assert len(json.loads(history.stdout)["drills"]) == 1
            assert drill.drill("postmortem").returncode == 0
            assert drill.processes() == []
            assert drill.ports_taken() == []
            export(run_dir, plan)
            yield Played(plan, run_dir)


def export(run_dir: Path, plan: Plan) -> None:
    """Keep the record where somebody asked for it."""
    if folder := os.environ.get("GOLDEN_FOLDER"):
        with Record(run_dir / "record.db") as record:
            record.export_jsonl(Path(folder) / f"{plan.agenda}.jsonl")


def gather(team: Team) -> None:
    team.drill.wait_healthy()
    for person, role in TEAM.items():
        # Whoever joins is not known yet, so the name cannot come from the environment.
        team.type("", "join", person, "--role", role)
    team.drill.wait_said("PAGE", timeout_s=90)
    # At this speed a minute of the clock is a second; people need longer for their first words.
    assert "paused" in team.type("", "instruct", "pause", "--reason", "the team reads the page")
    team.type("Ada", "ack")


def reach(team: Team, plan: Plan) -> None:
    """Go on to the phase in which lessons are written."""

    def phase() -> str:
        shown: Any = team.drill.answer("agenda")
        return str(shown["clock"]["phase"])

    if plan.is_patient:
        team.drill.wait_said("phase: Postmortem and spec update")
    else:
        while phase() != plan.review:
            team.type("", "instruct", "skip")
    review = next(one for one in load_agenda(plan.agenda).phases if one.id == plan.review)
    if review.duration_ms is not None:
        # At this speed a minute of it is a second: it lasts as long as the machine takes to type.
        team.type("", "instruct", "extend", "60")


def investigate(team: Team) -> None:
    team.type(
        "Ada", "triage", "-k", "checkouts fail", "-u", "what began it",
        "-p", "prevent-cascade: is one failure the cause of others?",
        "-p", "diagnose: logs, deploys, metrics", "-p", "communicate: first word within 5 minutes",
        "-n", "restarts, and rollbacks of what we do not suspect",
    )  # fmt: skip
    team.type(
        "Ada", "declare", "--severity", "sev1", "--summary", "Checkout fails", "-s", "payments",
        "-s", "gateway", "--blast-radius", "everybody who pays", "--escalate", "revenue",
    )  # fmt: skip
    team.drill.wait_said("ALERT: PaymentsFailing", timeout_s=60)
    team.type("Ada", "mark", "PaymentsFailing", "source", "--reason", "it names the outermost call")
    now = int(time.time())
    charges = f"promql:sum(rate(charges_total[10s])) @{now - 20}..{now}"
    assert "the AI gate is closed" in team.type("Bo", "ai", "status")
    team.type("", "instruct", "resume")
    team.type("Dan", *hypotheses(70), "--for", f"h1={charges}")
    commit = next(
        row["commit"]
        for row in team.drill.answer("deploys")  # type: ignore[attr-defined]
        if row["service"] == "payments" and row["kind"] == "release" and row["version_from"]
    )
    team.type("Dan", *hypotheses(95), "--for", f"h1=commit:{commit}", "--reason", "the difference")
    links = ("-e", f"commit:{commit}", "-e", charges)
    team.type("Ada", "diagnose", "-s", "payments", "-m", "timeouts", "-c", "95", *links)


def hypotheses(percent: int) -> tuple[str, ...]:
    return (
        "hypotheses", "set", "-H", f"h1 {percent} the release of payments",
        "-H", f"h2 {100 - percent} the provider is down",
        "--service", "h1=payments", "--mechanism", "h1=timeout-misconfigured",
    )  # fmt: skip


def contain(team: Team) -> None:
    update: dict[str, Any] = {
        "status": "identified",
        "what_happened": "A release of payments shortened its timeouts.",
        "what_we_did": "We are putting the former version back.",
        "current_state": "Most payments fail.",
        "confidence": 90,
        "unknowns": ["why it was changed"],
        "next_steps": ["watch for two minutes"],
        "eta_minutes": 20,
        "eta_latest_minutes": 60,
        "components": {"payments": "major_outage", "gateway": "partial_outage"},
    }
    team.file("Dan", update, "update")
    assert "Most payments fail." in told_to_customers()
    participant = httpx.post(
        f"{API}/v1/instructor/reveal", headers={"Authorization": f"Bearer {token_of(team.drill)}"}
    )
    assert participant.status_code == 403
    team.type(
        "Bo", "rollback", "payments", "--expect", "errors < 20%", "--within", "600",
        "--probability", "90", "--if-worse", "roll forward, look again",
    )  # fmt: skip
    team.type("", "instruct", "confirm-cause", "--right")
    team.drill.drill("verify", timeout_s=180)
    resolved = {**update, "status": "resolved", "what_we_did": "Rolled payments back."}
    team.file("Dan", {**resolved, "eta_minutes": None, "eta_latest_minutes": None}, "update")


def told_to_customers() -> str:
    """What the shop's own pages say, as soon as the gateway was told."""
    from harness.waiting import wait_until_sync

    def look() -> str | None:
        shown = httpx.get(f"{GATEWAY}/api/banner", timeout=10).json()["banner"]
        return shown["message"] if shown else None

    assert "Major Service Outage" in httpx.get(f"{API}/status").text
    return wait_until_sync(look, timeout_s=30, what="the banner", interval_s=0.5)


def token_of(drill: LiveDrill) -> str:
    return (drill.run_dir / "secrets" / "participant.token").read_text()


def learn(team: Team) -> None:
    assert "timeout-misconfigured" in team.type("Bo", "ai", "brief")
    for number in ("first", "second", "third"):
        team.type("Eve", "reflect", "went-well", f"the {number} thing that went well")
        team.type("Eve", "reflect", "could-improve", f"the {number} thing that could improve")
    for level, what in (
        ("surface", "timeouts were too short"),
        ("deeper", "no test against a slow provider"),
        ("deepest", "configuration is not reviewed like code"),
    ):
        team.type("Eve", "analyse", level, what, "-c", "90")
    for kind, fields in LESSONS.items():
        team.file("Eve", fields, "learn", kind)
    item = ("action-item", "load test for changes of timeouts", "--owner", "Bo")
    team.type("Eve", *item, "--check", "timeout-change-needs-load-test")
    team.type("", "instruct", "judge", "reflection_was_thorough", "5")
    assert "postmortem.md" in team.type("Eve", "postmortem")


def test_every_phase_came_in_its_order_and_messages_came_by_themselves(played: Played) -> None:
    story, agenda = played.story, load_agenda(played.plan.agenda)
    phases = [one.event.phase for one in story.of(events.PhaseChanged)]
    expected = [one.id for one in agenda.phases]
    assert phases == expected[: expected.index(played.plan.review) + 1]
    assert story.clock.speed == played.plan.speed
    by_agenda = {one.event.inject_id for one in story.of(events.InjectDelivered)}
    assert "executive-asks" in by_agenda


def test_the_record_knows_who_did_what(played: Played) -> None:
    story = played.story
    assert {one.event.person: one.event.role for one in story.of(events.RoleJoined)} == TEAM
    assert story.first(events.TriageWritten).event.by == "Ada"
    assert {one.event.by for one in story.of(events.HypothesesRevised)} == {"Dan"}
    rollback = [one.event for one in story.of(events.DeployStarted) if one.event.kind == "rollback"]
    assert [one.by for one in rollback] == ["Bo"]
    assert any("/v1/instructor/reveal" in one.event.what for one in story.of(events.AccessRefused))


def test_the_papers_of_the_incident_were_laid_out_as_they_unlocked(played: Played) -> None:
    papers = {path.name: path.read_text() for path in (played.run_dir / "incident").iterdir()}
    # Releases that are not to blame changed settings, too; which ones is drawn.
    differences = {name for name in papers if name.endswith("_config_diff.txt")}
    assert set(papers) - differences == {
        "error_logs.txt", "deployments.txt", "provider_status.json", "deployment_notes.md",
    }  # fmt: skip
    assert "payment_config_diff.txt" in differences
    assert all(papers[name].strip() for name in differences)
    assert re.search(
        r"^\[ERROR\] +\d\d:\d\d:\d\d - payments: ", papers["error_logs.txt"], re.MULTILINE
    )
    assert "- payments v2.4.1 -> v2.4.2" in papers["deployments.txt"]
    assert "timeout_ms = 500 " in papers["payment_config_diff.txt"]


def test_the_answer_that_was_sealed_is_the_one_that_was_revealed(played: Played) -> None:
    story = played.story
    opened = story.first(SealOpened).event
    digest = hashlib.sha256((opened.salt + opened.answer).encode()).hexdigest()
    assert digest == story.first(AnswerSealed).event.commitment
    assert story.first(SealOpened).seq < story.first(events.DrillFinished).seq
    assert json.loads(opened.answer)["scenario"] == "bad-timeouts"


def test_each_line_of_the_rubric_is_decided_by_events_or_left_open(played: Played) -> None:
    card = json.loads((played.run_dir / "score-for-the-test.json").read_text())
    lines = [line for section in card["rubric"]["sections"] for line in section["lines"]]
    assert len(lines) == 23
    assert card["kpis"]["times"]["tti"] is not None
    given = {line["line"] for line in lines if line["verdict"] in ("given", "judged")}
    assert given >= {
        "containment_before_diagnosis_before_fix", "verified_before_acting", "way_back_planned",
        "known_and_unknown", "evidence_before_acting", "causes_beneath_the_surface",
        "pattern_stored", "diagnostic_lesson_stored", "process_improvement_stored",
        "blameless_and_accountable", "improvements_are_actionable", "uncertainty_expressed",
        "confidence_moved_by_evidence", "reflection_was_thorough",
    }  # fmt: skip
    assert all(line["seqs"] for line in lines if line["verdict"] in ("given", "judged"))
    # Whether the executive is answered within five seconds depends on the machine.
    assert card["rubric"]["classification"]["pattern"] in ("structured", "mixed")
    assert card["rubric"]["table"]


def test_the_outcome_of_the_rollback_was_measured(played: Played) -> None:
    story = played.story
    assert story.first(events.ActionStated).event.action == "rollback"
    assert story.first(events.OutcomeMeasured).event.measured.startswith("errors: ")


def test_the_postmortem_is_drafted_with_the_answer_and_what_was_written(played: Played) -> None:
    text = (played.run_dir / "postmortem.md").read_text()
    for part in ("Half a second for a connection", "no test against a slow provider", "Bo"):
        assert part in text
    assert (played.run_dir / "postmortem-draft.md").read_text() == text
    learned = json.loads((played.run_dir / "learning.json").read_text())
    assert [one["type"] for one in learned] == list(LESSONS)
    first = json.loads((played.run_dir / "timeline.jsonl").read_text().splitlines()[0])
    assert first["specversion"] == "1.0"
