"""What people type: flags and files make the same request; mistakes say what is expected."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from harness.cli import act, afterwards, expectation_flags, host, learn, think, updates
from harness.cli.look import agenda_lines
from harness.cli.main import app
from harness.cli.payload_files import entry_of, pairs, read_fields
from harness.drill_client import DrillClient
from harness.errors import BadFile, DrillError, UsageError
from harness.exercise.entries import Entry


class FakeClient:
    """Remembers what it is asked to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {}

    def get(self, path: str) -> Any:
        return self.answers[path]

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        self.sent.append((path, dict(body or {})))
        return {
            "item_id": "ai-1",
            "owner": "Ada",
            "action_id": "act-1",
            "held": "act-1 is recorded",
            "problems": ["'log:7' is x"],
        }


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    made = FakeClient()
    for module in (think, updates, learn):
        monkeypatch.setattr(module, "participant", lambda: made)
    return made


def typed(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def test_open_actions_are_listed_and_an_outcome_says_how_it_went(client: FakeClient) -> None:
    one = {"action_id": "act-2", "action": "wait", "target": "", "expectation": "it passes"}
    client.answers["/v1/exercise"] = {"open_actions": [one]}
    assert "act-2  wait: it passes" in typed("outcome").output
    client.answers["/v1/exercise"] = {"open_actions": []}
    assert "no action waits" in typed("outcome").output
    assert typed("outcome", "act-2", "it passed").exit_code != 0, "met or missed is not assumed"
    assert client.sent == []
    assert typed("outcome", "act-2", "it did not", "--missed").exit_code == 0
    body = {"action_id": "act-2", "met": False, "measured": "it did not"}
    assert client.sent == [("/v1/outcomes", body)]


@pytest.mark.parametrize("command", [("diagnose",), ("hypotheses", "set")])
def test_help_shows_each_form_of_a_link(command: tuple[str, ...]) -> None:
    shown = " ".join(typed(*command, "--help").output.replace("│", " ").split())
    for form in ("promql:QUERY @07:34..07:37", "trace:ID", "log:NUMBER", "commit:HASH"):
        assert form in shown
    assert "alert:NAME" in shown


def test_hypotheses_are_put_together_from_flags(client: FakeClient) -> None:
    done = typed(
        "hypotheses", "set", "-H", "h1 70 a bad deploy", "-H", "h2 30% other",
        "--service", "h1=payments", "--for", "h1=promql:sum(x{a='b'}) @1..2",
        "--for", "h1=log:7", "--against", "h2=alert:HighLatency",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "recorded as text only: 'log:7' is x" in done.output
    assert client.sent == [
        (
            "/v1/hypotheses",
            {
                "hypotheses": [
                    {
                        "id": "h1",
                        "probability": 70,
                        "text": "a bad deploy",
                        "service": "payments",
                        "for": ["promql:sum(x{a='b'}) @1..2", "log:7"],
                    },
                    {
                        "id": "h2",
                        "probability": 30,
                        "text": "other",
                        "against": ["alert:HighLatency"],
                    },
                ]
            },
        )
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("hypotheses", "set", "-H", "h1 many things"), "'ID PERCENT TEXT'"),
        (("hypotheses", "set", "-H", "h1 100 x", "--for", "h2=log:7"), "no hypothesis 'h2'"),
        (("hypotheses", "set"), "'hypotheses' is missing"),
        (("triage", "-p", "look at logs"), "'KIND: TEXT'"),
        (("declare", "--severity", "sev1"), "'summary' is missing"),
        (("update", "--status", "resolved"), "'what_happened' is missing"),
        (("learn", "process_lesson", "-F", "lesson"), "NAME=TEXT"),
        (("mark", "HighLatency"), "'mark' is missing"),
        (("analyse", "deeper", "x"), "'confidence' is missing"),
        (("action-item", "x"), "'owner' is missing"),
    ],
)
def test_a_mistake_is_answered_with_the_form_that_is_expected(
    client: FakeClient, words: tuple[str, ...], says: str
) -> None:
    done = typed(*words)
    assert isinstance(done.exception, UsageError)
    assert says in str(done.exception)
    assert client.sent == []


@pytest.mark.parametrize("ending", ["toml", "json"])
def test_a_file_says_the_same_and_flags_stand_above_it(
    client: FakeClient, tmp_path: Path, ending: str
) -> None:
    fields = {"severity": "sev3", "summary": "slow", "systems": ["a"], "blast_radius": "all"}
    file = tmp_path / f"incident.{ending}"
    toml = "".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items())
    file.write_text(toml if ending == "toml" else json.dumps(fields))
    assert typed("declare", "--file", str(file), "--severity", "sev1").exit_code == 0
    assert client.sent == [("/v1/incident", {**fields, "severity": "sev1"})]


@pytest.mark.parametrize(
    ("command", "path", "fields"),
    [
        ("mark", "/v1/marks", {"alert": "HighLatency", "mark": "symptom"}),
        ("expect", "/v1/expectations", {"action": "wait", "expect": "calm", "probability": 60}),
        ("reflect", "/v1/reflections", {"kind": "went-well", "text": "x"}),
        ("analyse", "/v1/causes", {"level": "deeper", "text": "x", "confidence": 90}),
        ("action-item", "/v1/action-items", {"text": "x", "owner": "Ada"}),
        ("triage", "/v1/triage", {"known": ["x"]}),
    ],
)
def test_what_is_in_a_file_is_what_is_sent(
    client: FakeClient, tmp_path: Path, command: str, path: str, fields: dict[str, Any]
) -> None:
    file = tmp_path / "fields.json"
    file.write_text(json.dumps(fields))
    assert typed(command, "--file", str(file)).exit_code == 0
    assert client.sent == [(path, fields)]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x.json", '{"a": 1,\n "b": }', r"x\.json:2"),
        ("x.json", "[1]", "no fields"),
        ("x.toml", "a = \n", "x.toml"),
        ("x.json", "\udc80", "x.json"),
    ],
)
def test_a_malformed_file_is_named(tmp_path: Path, name: str, text: str, says: str) -> None:
    file = tmp_path / name
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(BadFile, match=says):
        read_fields(file)
    with pytest.raises(BadFile, match="No such file"):
        read_fields(tmp_path / "missing.json")


def test_flags_that_were_not_given_are_not_sent() -> None:
    class Sample(Entry):
        a: int = 1
        b: tuple[str, ...] = ()
        c: str = ""
        d: int
        e: bool

    given = entry_of(Sample, None, a=None, b=[], c="", d=0, e=False)
    assert given == {"d": 0, "e": False}


def test_a_field_that_a_file_misspells_is_told_with_the_nearest_right_word(
    client: FakeClient, tmp_path: Path
) -> None:
    file = tmp_path / "update.toml"
    file.write_text('status = "identified"\nwhat_hapened = "x"\n')
    refused = typed("update", "--file", str(file)).exception
    assert isinstance(refused, UsageError)
    assert "no field 'what_hapened'" in refused.message
    assert "did you mean what_happened" in refused.hint
    file.write_text('status = "identified"\nwhat_happened = "x"\n')
    assert "'what_we_did' is missing" in str(typed("update", "--file", str(file)).exception)
    assert client.sent == []


def test_a_pair_keeps_what_follows_the_first_separator() -> None:
    assert pairs(["h1=promql:a=1"], "=", "ID=LINK") == [("h1", "promql:a=1")]


def test_a_learning_entrys_field_given_twice_is_a_list(client: FakeClient) -> None:
    typed("learn", "incident_pattern", "-F", "symptoms=a", "-F", "symptoms=b", "-F", "pattern=p")
    assert client.sent[0][1]["fields"] == {"symptoms": ["a", "b"], "pattern": "p"}


def test_a_plan_travels_only_where_one_was_given() -> None:
    assert expectation_flags.planned("rollback", "", 120, None, "", False) == {}
    assert expectation_flags.planned("rollback", "", 120, None, "", True) == {"no_plan": True}
    assert expectation_flags.planned("rollback", "errors < 5%", 60, 90, "forward", False) == {
        "expect": "errors < 5%", "probability": 90, "if_worse": "forward", "within_s": 60,
    }  # fmt: skip


def exercise(**changes: Any) -> dict[str, Any]:
    clock = {
        "is_running": True, "is_paused": False, "is_over": False, "phase_title": "Dark room",
        "remaining_s": 125.0, **changes,
    }  # fmt: skip
    return {"title": "Workshop", "speed": 10.0, "update_due_s": -65.0, "clock": clock}


def test_the_status_shows_phase_time_and_what_is_late() -> None:
    assert agenda_lines(exercise()) == [
        "Workshop: Dark room, 2:05 left   (clock at 10x speed)",
        "next stakeholder update is 1:05 late: drill update",
    ]
    assert "paused" in agenda_lines(exercise(is_paused=True))[0]
    assert "over" in agenda_lines(exercise(is_over=True))[0]
    assert "drill advance" in agenda_lines(exercise(remaining_s=None))[0]
    assert agenda_lines(exercise(is_running=False)) == []


def test_a_table_for_spreadsheets_runs_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    afterwards._print_csv([{"drill": "d-1", "agenda": "=1+1", "users": -3}])
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert row == {"drill": "d-1", "agenda": "'=1+1", "users": "-3"}


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85", "\r", "\n"])
def test_no_cell_of_a_table_begins_a_row(end: str, capsys: pytest.CaptureFixture[str]) -> None:
    afterwards._print_csv([{"drill": f"d-1{end}=1+1", "agenda": f"{end}=1+1", "users": 3}])
    out = capsys.readouterr().out
    (row,) = csv.DictReader(out.splitlines())
    assert row == {"drill": "d-1 =1+1", "agenda": "' =1+1", "users": "3"}
    assert not any(one.startswith(("=", '"=')) for one in out.splitlines())


def test_history_without_drills_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path))
    done = typed("history", "--json")
    assert json.loads(done.stdout)["drills"] == []
    with pytest.raises(DrillError, match="no drills on record"):
        afterwards.postmortem()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "deadlock", "--agenda", "workshop-61"), "did you mean workshop-60"),
        (("run", "deadlock", "--speed", "0"), "speed is a number above 0"),
        (("run", "deadlock", "--agenda", "nowhere/own.toml"), "own.toml"),
    ],
)
def test_a_drill_that_cannot_be_timed_does_not_begin(words: tuple[str, ...], says: str) -> None:
    done = typed(*words)
    assert isinstance(done.exception, UsageError)
    assert says in str(done.exception)


def test_a_setting_that_is_wrong_is_named_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DRILL_SLACK_WEBHOOK_URL", "http://elsewhere/secret")
    with pytest.raises(UsageError, match=r"DRILL_SLACK_WEBHOOK_URL: .*expected https") as told:
        host.settings_of("healthy")
    assert "secret" not in str(told.value)


def test_a_drill_that_ends_under_a_long_command_is_said_to_have_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ended(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text='{"progress": "stress load on the shop"}\n')

    client = DrillClient("http://127.0.0.1:1", "secret", transport=httpx.MockTransport(ended))
    monkeypatch.setattr(act, "participant", lambda: client)
    answer = typed("verify")
    assert isinstance(answer.exception, DrillError)
    assert "the drill ended" in answer.exception.message
