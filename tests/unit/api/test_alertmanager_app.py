"""The pager as amtool knows it: what fires, what is silenced and why, and who may ask."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.api.alertmanager_app import create_alertmanager_app
from harness.drill.actions import silencing
from harness.drill.actions.pager import page_for_what_fires, take_alerts
from harness.drill.actions.silencing import silences
from harness.drill.session import Session
from harness.model import Alert
from harness.record import events
from harness.runtime.programs.external import ensure
from harness.telemetry.alertmanager import amtool_file, write_client_config
from harness.telemetry.alerts import fingerprint
from harness.tokens import TokenBook
from tests.unit.telemetry.conftest import free_port, serving

PORT = 19093
OWN = f"http://127.0.0.1:{PORT}"
Amtool = Callable[..., Awaitable[str]]
MATCHERS = [{"name": "alertname", "value": "HighLatency", "isRegex": False, "isEqual": True}]


def alert(name: str, severity: str = "critical", **labels: str) -> Alert:
    known = {"alertname": name, "severity": severity, "team": "shop", **labels}
    return Alert(
        fingerprint=fingerprint(known),
        name=name,
        severity=severity,
        summary=f"{name} is bad",
        starts_at=datetime(2030, 1, 1, tzinfo=UTC),
        labels=known,
        annotations={"summary": f"{name} is bad"},
    )


def body(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "matchers": MATCHERS,
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "ada",
        "comment": "known",
    } | changes


@pytest.fixture(autouse=True)
def begun(session: Session) -> None:
    """Before that nobody would be called."""
    session.run.has_begun = True


@pytest.fixture
def tokens(tmp_path: Path) -> TokenBook:
    return TokenBook.create(tmp_path / "secrets")


@pytest.fixture
async def http(session: Session, tokens: TokenBook) -> AsyncIterator[httpx.AsyncClient]:
    """A participant."""
    app = create_alertmanager_app(session, tokens, PORT)
    transport, login = httpx.ASGITransport(app), tokens.login("oncall")
    async with httpx.AsyncClient(transport=transport, base_url=OWN, auth=login) as client:
        yield client


@pytest.fixture
async def amtool(session: Session, tokens: TokenBook, tmp_path: Path) -> AsyncIterator[Amtool]:
    """The real one, against the pager on a real port."""
    program, port = ensure("amtool"), free_port()
    app = create_alertmanager_app(session, tokens, port)
    write_client_config(tmp_path, tokens)

    async def run(*words: str, code: int = 0, login: str = str(amtool_file(tmp_path))) -> str:
        url = f"--alertmanager.url=http://127.0.0.1:{port}"
        given = (f"--http.config.file={login}",) if login else ()
        process = await asyncio.create_subprocess_exec(
            *(str(program), url, *given, *words),
            env={"HOME": str(tmp_path), "USER": "ada"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == code, out.decode()
        return out.decode()

    async with serving(app, port):
        yield run


async def test_amtool_lists_what_fires_by_filter(session: Session, amtool: Amtool) -> None:
    take_alerts(session, [alert("HighLatency", service="orders"), alert("QueueBacklog", "warning")])
    everything = await amtool("alert", "query")
    assert "HighLatency" in everything
    assert "QueueBacklog" in everything
    some = await amtool("alert", "query", "severity=~crit.*", "service!=payments")
    assert "HighLatency" in some
    assert "QueueBacklog" not in some
    assert "HighLatency" not in await amtool("alert", "query", "alertname=QueueBacklog")


async def test_a_silence_of_amtool_is_in_the_record_and_calls_nobody(
    session: Session, amtool: Amtool
) -> None:
    silence_id = (
        await amtool("silence", "add", "alertname=~High.*", "-a", "ada", "-c", "planned work")
    ).strip()
    assert take_alerts(session, [alert("HighLatency"), alert("PaymentsFailing")]) is True
    assert [page.alert for page in session.state().pages] == ["PaymentsFailing"]
    assert {one.event.name for one in session.story().of(events.AlertFired)} == {
        "HighLatency",
        "PaymentsFailing",
    }, "that it fires is known all the same"
    (noted,) = session.story().of(events.SilenceSet)
    assert noted.event.silence_id == silence_id
    assert noted.event.matchers == ('alertname=~"High.*"',)
    assert (noted.event.by, noted.event.comment) == ("ada", "planned work")
    assert silence_id in await amtool("silence", "query")
    assert "HighLatency" in await amtool("alert", "query", "--silenced")
    assert "HighLatency" not in await amtool("alert", "query")

    await amtool("silence", "expire", silence_id)
    assert [one.event.silence_id for one in session.story().of(events.SilenceEnded)] == [silence_id]
    assert silence_id not in await amtool("silence", "query")
    assert silence_id in await amtool("silence", "query", "--expired")
    page_for_what_fires(session)
    assert [page.alert for page in session.state().pages] == ["PaymentsFailing", "HighLatency"]


async def test_without_the_silence_it_calls(session: Session) -> None:
    """Negative control."""
    take_alerts(session, [alert("HighLatency"), alert("PaymentsFailing")])
    assert [page.alert for page in session.state().pages] == ["HighLatency", "PaymentsFailing"]


async def test_amtool_changes_a_silence_and_reads_the_configuration(
    session: Session, amtool: Amtool
) -> None:
    first = (await amtool("silence", "add", "alertname=HighLatency", "-c", "why")).strip()
    await amtool("silence", "update", "-d", "3h", first)
    known = silences(session.story())
    assert [one.state(datetime.now(UTC)) for one in known] == ["expired", "active"]
    assert known[1].ends_at - known[1].starts_at > timedelta(hours=2)
    assert "on-call" in await amtool("config", "show")
    assert "on-call" in await amtool("config", "routes", "test", "alertname=HighLatency")
    await amtool("silence", "expire", "no-such-silence", code=1)


async def test_groups_and_receivers_are_told(session: Session, http: httpx.AsyncClient) -> None:
    take_alerts(session, [alert("HighLatency"), alert("LedgerOutOfBalance", team="money")])
    groups = (await http.get("/api/v2/alerts/groups")).json()
    assert [one["labels"] for one in groups] == [{"team": "money"}, {"team": "shop"}]
    assert [len(one["alerts"]) for one in groups] == [1, 1]
    assert (await http.get("/api/v2/receivers")).json() == [{"name": "on-call"}]
    for receiver, count in (("on-.*", 2), ("slack", 0)):
        found = (await http.get("/api/v2/alerts", params={"receiver": receiver})).json()
        assert len(found) == count
    assert (await http.get("/-/ready")).status_code == 200


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"matchers": []},
        {"matchers": None},
        {"matchers": [{"name": "alertname", "value": ".*", "isRegex": True}]},
        {"matchers": [{"name": "x", "value": "(", "isRegex": True}]},
        {"matchers": [{"name": "a b", "value": "x"}]},
        {"matchers": [{"name": "a", "value": "x" * 501}]},
        {"matchers": [{"name": "a", "value": "\ud800"}]},
        {"matchers": [{"name": "a", "value": 5}]},
        {"matchers": MATCHERS * 21},
        {"matchers": [5]},
        {"endsAt": (NOW - timedelta(hours=1)).isoformat()},
        {"startsAt": (NOW + timedelta(hours=3)).isoformat()},
        {"endsAt": "soon"},
        {"endsAt": 5},
        {"comment": "\x1b[2J"},
    ],
)
async def test_a_silence_that_makes_no_sense_is_400_and_not_in_the_record(
    session: Session, http: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    content = json.dumps(body(**changes))
    answer = await http.post("/api/v2/silences", content=content)
    assert answer.status_code == 400, answer.text
    assert isinstance(answer.json(), str)
    assert session.story().of(events.SilenceSet) == ()


@pytest.mark.parametrize("content", ["", "[]", "7", "{", "[" * 100_000])
async def test_what_is_no_silence_is_400(http: httpx.AsyncClient, content: str) -> None:
    assert (await http.post("/api/v2/silences", content=content)).status_code == 400


@pytest.mark.parametrize("text", ["", "alertname", "=x", "a=~(", 'a="x', "a b=c", 'a="\\u12"'])
async def test_a_filter_that_makes_no_sense_is_400(http: httpx.AsyncClient, text: str) -> None:
    for path in ("alerts", "alerts/groups", "silences"):
        answer = await http.get(f"/api/v2/{path}", params={"filter": text})
        assert answer.status_code == 400


async def test_no_regular_expression_stops_the_host(
    session: Session, http: httpx.AsyncClient
) -> None:
    """Python's own would take the age of the universe for this one."""
    take_alerts(session, [alert("HighLatency", route="a" * 200)])
    began = time.monotonic()
    answer = await http.get("/api/v2/alerts", params={"filter": 'route=~"(a+)+b"'})
    assert answer.json() == []
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("begins", [timedelta(0), timedelta(minutes=5)])
async def test_there_is_an_end_to_silences_that_hold_or_will(
    http: httpx.AsyncClient, begins: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silencing, "SILENCES_MAX", 3)
    one = body(startsAt=(datetime.now(UTC) + begins).isoformat())
    made = [await http.post("/api/v2/silences", json=one) for _ in range(3)]
    assert (await http.post("/api/v2/silences", json=one)).status_code == 400
    # One that is over makes room, as a change does, which ends what it replaces.
    ids = [answer.json()["silenceID"] for answer in made]
    await http.delete(f"/api/v2/silence/{ids[0]}")
    assert (await http.post("/api/v2/silences", json=one)).status_code == 200
    assert (await http.post("/api/v2/silences", json=one)).status_code == 400
    assert (await http.post("/api/v2/silences", json=one | {"id": ids[1]})).status_code == 200


async def test_there_is_an_end_to_silences_that_are_over_too(
    session: Session, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silencing, "SILENCES_EVER_MAX", 3)
    for _ in range(3):
        made = await http.post("/api/v2/silences", json=body())
        await http.delete(f"/api/v2/silence/{made.json()['silenceID']}")
    assert (await http.post("/api/v2/silences", json=body())).status_code == 400
    refused = await http.post("/api/v2/silences", json=body(id=made.json()["silenceID"]))
    assert refused.status_code == 400
    assert len(silences(session.story())) == 3


async def test_an_unknown_silence_is_404(http: httpx.AsyncClient) -> None:
    for method in ("GET", "DELETE"):
        assert (await http.request(method, "/api/v2/silence/none")).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 421),
        ({}, 200),  # negative control
    ],
)
async def test_no_page_of_another_site_sets_a_silence(
    session: Session, http: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await http.post("/api/v2/silences", json=body(), headers=headers)
    assert answer.status_code == status
    assert bool(session.story().of(events.SilenceSet)) == (status == 200)


@pytest.mark.parametrize("path", ["/v1/status", "/api/v2/alerts", "/", "/api/v2/silence/a/b"])
async def test_nothing_else_is_to_be_had_there(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.post(path, json=[])).status_code == 403


ROUTES = [
    ("GET", "/-/ready"),
    ("GET", "/api/v2/status"),
    ("GET", "/api/v2/receivers"),
    ("GET", "/api/v2/alerts"),
    ("POST", "/api/v2/alerts"),
    ("GET", "/api/v2/alerts/groups"),
    ("GET", "/api/v2/silences"),
    ("POST", "/api/v2/silences"),
    ("DELETE", "/api/v2/silence/none"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_who_has_no_password_gets_in_nowhere(
    session: Session, http: httpx.AsyncClient, tokens: TokenBook, method: str, path: str
) -> None:
    token = tokens.login("oncall")[1]
    logins: list[Any] = [None, ("oncall", "a guess"), ("oncall", ""), ("prometheus", token)]
    for login in [*logins, ("", token), ("nobody", token)]:
        http.auth = login
        answer = await http.request(method, path, json=body())
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Basic"
    for header in (f"Bearer {token}", f"Basic {token}", "Basic ////", "Basic", ""):
        http.auth = None
        answer = await http.request(method, path, json=[], headers={"Authorization": header})
        assert answer.status_code == 401
    assert session.story().of(events.SilenceSet) == ()
    for user in ("oncall", "instructor", "prometheus"):  # negative control
        http.auth = tokens.login(user)
        assert (await http.request(method, path, json=[])).status_code != 401


async def test_only_prometheus_says_what_fires(
    session: Session, http: httpx.AsyncClient, tokens: TokenBook
) -> None:
    labels = {"alertname": "HighLatency", "severity": "critical"}
    fired = [{"labels": labels, "startsAt": datetime.now(UTC).isoformat()}]
    for user, status in (("oncall", 403), ("instructor", 403), ("prometheus", 200)):
        assert session.state().pages == ()
        http.auth = tokens.login(user)
        assert (await http.post("/api/v2/alerts", json=fired)).status_code == status
    assert [page.alert for page in session.state().pages] == ["HighLatency"]


async def test_amtool_without_its_file_is_refused(session: Session, amtool: Amtool) -> None:
    for words in (("alert", "query"), ("silence", "add", "alertname=x", "-c", "y")):
        assert "401" in await amtool(*words, code=1, login="")
    assert session.story().of(events.SilenceSet) == ()
    await amtool("silence", "add", "alertname=x", "-c", "y")  # negative control
    assert len(session.story().of(events.SilenceSet)) == 1


async def test_what_follows_from_what_fires_is_inhibited_and_told_so(
    session: Session, http: httpx.AsyncClient, amtool: Amtool
) -> None:
    """By the table that the real one is given."""
    budget = alert("ErrorBudgetBurn")
    take_alerts(session, [alert("HighErrorRate"), budget, alert("QueueBacklog")])
    assert [page.alert for page in session.state().pages] == ["HighErrorRate", "QueueBacklog"]
    told = {one["labels"]["alertname"]: one for one in (await http.get("/api/v2/alerts")).json()}
    assert told["ErrorBudgetBurn"]["status"]["state"] == "suppressed"
    by = told["ErrorBudgetBurn"]["status"]["inhibitedBy"]
    assert by == [told["HighErrorRate"]["fingerprint"]]
    assert told["HighErrorRate"]["status"]["inhibitedBy"] == []
    assert "ErrorBudgetBurn" not in await amtool("alert", "query")
    assert "ErrorBudgetBurn" in await amtool("alert", "query", "--inhibited")
    take_alerts(session, [replace(alert("HighErrorRate"), resolved=True)])
    assert "ErrorBudgetBurn" in [page.alert for page in session.state().pages]
