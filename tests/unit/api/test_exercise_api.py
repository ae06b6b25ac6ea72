"""The API of an exercise: what people send, what they get, and what they may not."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from harness.api.access import INSTRUCTOR, policy_of
from harness.api.app import ROUTERS, create_app
from harness.api.routes_public import api_router as public_api
from harness.api.routes_public import router as public
from harness.cli import act
from harness.drill.session import Session
from harness.exercise.agenda_files import load_agenda
from harness.record.events import (
    AccessRefused,
    ActionStated,
    ClockPaused,
    DeployStarted,
    DiagnosisDeclared,
    NoteAdded,
    PageSent,
)
from harness.tokens import Caller, TokenBook
from tests.unit.drill.conftest import page_sent

PORT = 18900
UPDATE = {
    "status": "identified",
    "what_happened": "A release cut the timeouts.",
    "what_we_did": "Rolling it back.",
    "current_state": "Payments <b>fail</b>.",
    "confidence": 85,
    "next_steps": ["watch"],
}


class Api:
    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        self.tokens = TokenBook.create(folder)
        transport = httpx.ASGITransport(create_app(session, self.tokens, PORT))
        self.http = httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}")

    async def post(
        self, path: str, body: Any = None, caller: Caller = Caller.PARTICIPANT, person: str = ""
    ) -> httpx.Response:
        return await self.http.post(path, json=body or {}, headers=self._headers(caller, person))

    async def get(self, path: str, caller: Caller = Caller.PARTICIPANT) -> httpx.Response:
        return await self.http.get(path, headers=self._headers(caller, ""))

    def _headers(self, caller: Caller, person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.token(caller)}", "X-Person": quote(person)}


@pytest.fixture
async def api(trouble: Session, tmp_path: Path) -> AsyncIterator[Api]:
    trouble.spec = replace(trouble.spec, agenda=load_agenda("workshop-60"))
    trouble.run.is_scheduled = True
    made = Api(trouble, tmp_path / "secrets")
    yield made
    await made.http.aclose()


async def test_a_participant_who_calls_the_instructors_commands_is_refused_and_recorded(
    api: Api,
) -> None:
    rules = policy_of(ROUTERS).rules
    reserved = sorted(key for key, callers in rules.items() if callers == INSTRUCTOR.callers)
    for method, path in reserved:
        answer = await (api.get(path) if method == "GET" else api.post(path))
        assert answer.status_code == 403, path
    refused = api.session.story().of(AccessRefused)
    assert len(refused) == len(reserved) > 10


async def test_the_instructor_gets_the_agenda_as_slides_tell_it_and_what_can_be_run_next(
    api: Api,
) -> None:
    deck = (await api.get("/v1/instructor/deck", Caller.INSTRUCTOR)).json()
    first, *_, last = deck["phases"]
    assert (first["title"], first["begin_s"], first["end_s"]) == ("Alerting", 0, 300)
    assert last["end_s"] == 3600
    offered = (await api.get("/v1/instructor/scenarios", Caller.INSTRUCTOR)).json()
    assert "deadlock" in [one["id"] for one in offered["scenarios"]]


async def test_the_words_of_the_reviews_forms_are_those_that_are_accepted(api: Api) -> None:
    await api.post("/v1/roles/join", {"person": "Ada", "role": "on-call"})
    choices = (await api.get("/v1/choices")).json()
    for kind, fields in choices["learnings"].items():
        lists = choices["learning_lists"]
        texts = {name: "80%" if name.startswith("confidence") else "a text" for name in fields}
        body = {name: [text] if name in lists else text for name, text in texts.items()}
        taken = await api.post("/v1/learnings", {"kind": kind, "fields": body}, person="Ada")
        assert taken.status_code == 200, kind
    for level in choices["cause_levels"]:
        body = {"level": level, "text": "a cause", "confidence": 80}
        assert (await api.post("/v1/causes", body, person="Ada")).status_code == 200, level
    for check in choices["checks"]:
        body = {"text": "an item", "owner": "Bo", "check": check}
        assert (await api.post("/v1/action-items", body, person="Ada")).status_code == 200, check


async def test_the_instructor_may(api: Api) -> None:
    """Negative control: the same paths, the other token."""
    assert (await api.post("/v1/instructor/start", caller=Caller.INSTRUCTOR)).status_code == 200
    paused = await api.post("/v1/instructor/pause", {"reason": "tea"}, Caller.INSTRUCTOR)
    assert paused.json()["clock"]["is_paused"]
    answer = (await api.get("/v1/answer", Caller.INSTRUCTOR)).json()
    assert all(len(fault["action_items"]) >= 4 for fault in answer["faults"])
    assert answer["faults"]
    assert (answer["declared"], answer["evidence_min"]) == ([], 2)
    last = api.session.story().last(ClockPaused)
    assert last is not None
    assert last.event.by == "instructor"


async def test_a_phase_is_ended_once_however_often_the_button_is_pressed(api: Api) -> None:
    first = await api.post("/v1/instructor/start", caller=Caller.INSTRUCTOR)
    shown = {"phase": first.json()["clock"]["phase"]}
    ended = await api.post("/v1/instructor/skip", shown, Caller.INSTRUCTOR)
    assert ended.status_code == 200
    again = await api.post("/v1/instructor/skip", shown, Caller.INSTRUCTOR)
    assert (again.status_code, "is over: now it is" in again.text) == (422, True)
    # A terminal has no page that could be behind.
    assert (await api.post("/v1/instructor/skip", caller=Caller.INSTRUCTOR)).status_code == 200


async def test_people_write_under_the_name_that_they_joined_with(api: Api) -> None:
    for person in ("Zoë Ünal", "Bo"):
        await api.post("/v1/roles/join", {"person": person, "role": "on-call"})
    await api.post("/v1/notes", {"text": "hello"}, person="Zoë Ünal")
    note = api.session.story().last(NoteAdded)
    assert note is not None
    assert note.event.by == "Zoë Ünal"
    stranger = await api.post("/v1/notes", {"text": "hello"}, person="Mallory")
    assert stranger.status_code == 404
    assert "Mallory" in stranger.json()["detail"]


async def test_a_page_is_taken_and_the_shop_acted_on_by_who_has_not_joined_yet(api: Api) -> None:
    """Negative control: what is written, and who has left, is refused as ever."""
    page_sent(api.session)
    taken = await api.post("/v1/pages/ack", person="Zoë Ünal")
    assert taken.json()[0]["acknowledged_by"] == "Zoë Ünal"
    acted = await api.post("/v1/restarts", {"service": "payments"}, person="Zoë Ünal")
    assert '"result"' in acted.text
    started = api.session.story().last(DeployStarted)
    assert started is not None
    assert started.event.by == "Zoë Ünal"
    assert (await api.post("/v1/notes", {"text": "x"}, person="Zoë Ünal")).status_code == 404
    await api.post("/v1/roles/join", {"person": "Zoë Ünal", "role": "on-call"})
    await api.post("/v1/roles/leave", {"person": "Zoë Ünal", "role": "on-call"})
    away = await api.post("/v1/restarts", {"service": "payments"}, person="Zoë Ünal")
    assert away.status_code == 404
    for name in ("x" * 65, "a\x1b[2J"):
        assert (await api.post("/v1/halt", person=name)).status_code == 422


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/v1/roles/join", {"person": "Ada", "role": "captain"}, "no role 'captain'"),
        ("/v1/roles/join", {"person": "Ada", "role": ""}, "role"),
        ("/v1/roles/join", {"person": "Ada"}, "role"),
        ("/v1/roles/join", {"person": " ", "role": "on-call"}, "'person' is missing"),
        ("/v1/triage", {"known": ["a"], "unknown": ["b"]}, "'priorities' is empty"),
        ("/v1/triage", {"knwon": ["a"]}, "knwon"),
        (
            "/v1/hypotheses",
            {"hypotheses": [{"id": "h", "text": "t", "probability": 90}]},
            "sum to 90",
        ),
        ("/v1/hypotheses", {"hypotheses": [{"id": "h", "text": "t"}]}, "probability"),
        ("/v1/updates", {**UPDATE, "confidence": None}, "'confidence' is missing"),
        ("/v1/updates", {**UPDATE, "status": "fine"}, "no status 'fine'"),
        ("/v1/updates", {**UPDATE, "components": {"paymnts": "major_outage"}}, "no service"),
        ("/v1/learnings", {"kind": "process_lesson", "fields": {"lesson": "x"}}, "'explanation'"),
        ("/v1/causes", {"level": "deep", "text": "x", "confidence": 9}, "no level 'deep'"),
        ("/v1/outcomes", {"action_id": "act-1", "met": True, "measured": "x"}, "no stated action"),
        ("/v1/rollbacks", {"service": "payments"}, "what do you expect of this rollback"),
        ("/v1/deploys", {"service": "payments", "expect": "errors < 5%"}, "'probability'"),
    ],
)
async def test_bad_input_is_refused_with_what_is_expected(
    api: Api, path: str, body: dict[str, Any], says: str
) -> None:
    seq = api.session.services.record.last_seq()
    answer = await api.post(path, body)
    said = answer.text if answer.status_code == 200 else answer.json()["detail"]
    assert says in said, said
    assert answer.status_code in (404, 422) or '"error"' in answer.text
    assert api.session.services.record.last_seq() == seq


class Silent:
    """A recorder that holds nothing."""

    async def logs(self, after: str, limit: int) -> list[dict[str, int]]:
        return []


async def test_the_example_in_help_is_recorded_under_an_agenda(api: Api) -> None:
    """Free text is always taken; links in it that lead nowhere are told, and do not count."""
    typed = shlex.split((act.diagnose.__doc__ or "").split("Example: drill ")[1])
    evidence = [typed[at + 1] for at, word in enumerate(typed) if word == "-e"]
    assert evidence
    api.session.services.recorder = Silent()
    body = {"service": typed[2], "mechanism": typed[4], "confidence": int(typed[6])}
    told = await api.post("/v1/diagnoses", {**body, "evidence": [*evidence, "alert:Nonsense"]})
    assert told.status_code == 200, told.text
    assert (told.json()["evidence"], told.json()["links"]) == ([*evidence, "alert:Nonsense"], [])
    assert "'alert:Nonsense' leads nowhere" in told.json()["problems"][-1]
    assert api.session.story().of(DiagnosisDeclared)


async def test_hypotheses_in_words_are_recorded_and_dead_links_told(api: Api) -> None:
    one = {"id": "h1", "text": "x", "probability": 100, "for": ["so it seems", "alert:Nonsense"]}
    told = await api.post("/v1/hypotheses", {"hypotheses": [one]})
    assert told.json()["hypotheses"][0]["evidence_for"] == ["so it seems", "alert:Nonsense"]
    assert told.json()["problems"] == ["'alert:Nonsense' leads nowhere: no such alert has fired"]


async def test_alone_one_may_act_without_a_plan(api: Api) -> None:
    api.session.spec = replace(api.session.spec, agenda=load_agenda("solo"))
    done = await api.post("/v1/rollbacks", {"service": "payments", "to": "2.4.0"})
    assert '"result"' in done.text


async def test_a_plan_of_a_rollback_is_recorded_and_no_plan_must_be_said(api: Api) -> None:
    plan = {"expect": "all is well", "probability": 90, "if_worse": "forward"}
    await api.post("/v1/rollbacks", {"service": "payments", "to": "2.4.0", **plan})
    await api.post("/v1/rollbacks", {"service": "payments", "to": "2.3.9", "no_plan": True})
    assert len(api.session.story().of(ActionStated)) == 1
    assert len(api.session.story().of(DeployStarted)) == 2


async def test_the_score_before_the_reveal_tells_participants_nothing_of_the_answer(
    api: Api,
) -> None:
    session = api.session
    session.note(PageSent("p1", "PaymentsFailing", "critical", "x"))
    session.note(DiagnosisDeclared("payments", "timeout-misconfigured", 90, (), "", "Ada"))
    theirs = (await api.get("/v1/score")).json()
    ours = (await api.get("/v1/score", Caller.INSTRUCTOR)).json()
    assert theirs["brier"] is None
    assert ours["brier"] == pytest.approx(0.01)
    assert "Correct" not in "".join(theirs["lines"])
    await api.post("/v1/instructor/reveal", caller=Caller.INSTRUCTOR)
    assert (await api.get("/v1/score")).json()["brier"] == pytest.approx(0.01)


async def test_the_papers_are_drafted_into_the_drills_folder(api: Api) -> None:
    files = (await api.post("/v1/postmortem")).json()["files"]
    assert str(api.session.spec.run_dir / "postmortem.md") in files
    assert (
        api.session.spec.faults[0].title
        not in (api.session.spec.run_dir / "postmortem.md").read_text()
    )


async def test_the_status_page_shows_what_the_team_said_as_text(api: Api) -> None:
    green = await api.http.get("/api/v2/status.json")
    assert green.json()["status"]["indicator"] == "none"
    assert "None today." in (await api.http.get("/status")).text
    await api.post("/v1/updates", {**UPDATE, "components": {"payments": "major_outage"}})
    page = await api.http.get("/status")
    assert page.headers["content-type"].startswith("text/html")
    assert "Payments &lt;b&gt;fail&lt;/b&gt;." in page.text
    assert "<b>fail" not in page.text
    summary = (await api.http.get("/api/v2/summary.json")).json()
    states = {one["name"]: one["status"] for one in summary["components"]}
    assert states["payments"] == "major_outage"
    assert len((await api.http.get("/api/v2/incidents.json")).json()["incidents"]) == 1


async def test_the_status_page_says_nothing_of_what_it_is_part_of(api: Api) -> None:
    await api.post("/v1/updates", UPDATE)
    for _, path in policy_of([public, public_api]).public:
        text = (await api.http.get(path)).text.lower()
        for word in ("drill", "fault", "chaos", "inject", "timeout-misconfigured", "d-test"):
            assert word not in text, (path, word)


async def test_updates_are_read_by_kind_of_reader(api: Api) -> None:
    rendered = (await api.post("/v1/updates", {**UPDATE, "readers": "executive"})).json()
    assert set(rendered) == {"executive"}
    assert (await api.get("/v1/updates?reader=external")).json() == []
    assert len((await api.get("/v1/updates?reader=executive")).json()) == 1
    assert (await api.get("/v1/updates?reader=nobody")).status_code == 422


async def test_an_incident_can_be_declared_before_any_page(api: Api) -> None:
    body = {
        "severity": "sev2",
        "summary": "Checkout fails",
        "systems": ["gateway"],
        "blast_radius": "who pays",
        "escalate": ["revenue"],
    }
    assert (await api.post("/v1/incident", body)).status_code == 200
    assert (await api.get("/v1/exercise")).json()["update_due_s"] == 300


async def test_forms_are_told_every_word_that_is_taken_and_nothing_of_the_answer(api: Api) -> None:
    words = (await api.get("/v1/choices")).json()
    assert set(words["services"]) == {entry.name for entry in api.session.spec.topology}
    for name in ("severities", "priorities", "marks", "update_statuses", "readers", "mechanisms"):
        assert words[name], name
    for mechanism in words["mechanisms"]:
        body = {"service": "orders", "mechanism": mechanism, "confidence": 10, "evidence": []}
        assert (await api.post("/v1/diagnoses", body)).status_code != 404, mechanism
    assert api.session.spec.faults[0].locus not in str(words)


async def test_a_word_that_is_not_offered_is_refused(api: Api) -> None:
    """Negative control: the list is what is taken, not decoration."""
    body = {"service": "orders", "mechanism": "gremlins", "confidence": 10, "evidence": []}
    answer = await api.post("/v1/diagnoses", body)
    assert answer.status_code in (404, 422)
