"""A drill whose answer is planted, and a walk of all that it says to whoever may not know it.

The answer stands in words that are found nowhere else, and two drills that differ in nothing but
their answer must say the same, word for word.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from rich.console import Console
from starlette.testclient import TestClient
from typer import testing as typer_testing
from typer.main import get_command
from typer.testing import CliRunner

from harness.api.access import policy_of
from harness.api.app import ROUTERS, create_app
from harness.api.event_feed import Feed
from harness.catalog.reader import Catalog
from harness.cli import api_client, live_view
from harness.cli.main import app as cli_app
from harness.drill.lifecycle.home import Home
from harness.drill.lifecycle.seal import sealed
from harness.drill.outputs.exports import FILES, write_postmortem
from harness.drill.queries.told_messages import Reader
from harness.drill.session import Session
from harness.errors import DrillError, StackFailed
from harness.paths import REPO
from harness.record import events as e
from harness.record.events import Event
from harness.record.store import Record
from harness.tokens import Caller, TokenBook
from tests.unit.drill.conftest import FakeRuntime, Hand

PORT = 18_900
MARK = "PLANTED"
SEED = 424_242_421
CATALOG = Catalog(REPO)
TREE = get_command(cli_app)


@dataclass(frozen=True)
class Answer:
    """What is wrong, and what the record holds of it that participants may not see: at the release
    of payments, and at the beat after it."""

    fault: str
    at_release: Event
    at_beat: Event


TRIGGER = e.DrillTriggered("payments", f"{MARK}-2.4.2")
PLANNED = e.ReleasePlanned("payments", f"{MARK}-2.4.2")
BAD_RELEASE = Answer("bad-timeouts", TRIGGER, e.NothingUnseen())
SURGE = Answer("feed-overload", PLANNED, e.DrillTriggered("feed", MARK))
DEPENDENCY = Answer("db-reconnect", PLANNED, e.DependencyActed(f"{MARK}: the database failed over"))
NOT_YET = Answer("deadlock", PLANNED, e.NothingUnseen())
OTHERS = (SURGE, DEPENDENCY, NOT_YET)

DEPLOY = ("dep-1", "payments", "2.4.1", "2.4.2", "c0ffee", "release", "Samuel Adeyemi", "timeouts")
BACK = ("dep-2", "payments", "2.4.2", "2.4.1", "c0ffee", "rollback", "Ada", "back")
ALERT = ("f1", "PaymentsFailing", "critical", "66% of charges fail", "payments")
LINK = "log:7"


def steps(answer: Answer) -> Iterator[tuple[str, Sequence[Event]]]:
    """Each state that a drill passes through, with the events that bring it there."""
    guess = e.Hypothesis("h1", "timeouts", 70, "payments", "timeout-misconfigured", (LINK,))
    other = e.Hypothesis("h2", "something else", 30)
    row = e.VerifyResult("checkout_success_ratio", 0.99, 0.3, 1.0, "≥ 0.98", holds=True)
    yield "starting", [e.DrillStarting(), e.StackReady("shop", 9000)]
    yield "healthy", [e.BaselineConfirmed({"success_ratio": 1.0}), e.ImpactSampled(0, 0.0, 1.0)]
    yield "released", [answer.at_release, e.DeployStarted(*DEPLOY), e.DeploySucceeded(*DEPLOY)]  # type: ignore[arg-type]
    yield "happened", [answer.at_beat, e.ImpactSampled(3, 9.5, 0.9)]
    yield "paged", [e.AlertFired(*ALERT), e.PageSent("p1", *ALERT[1:4])]
    yield "acknowledged", [e.PageAcknowledged("p1", "Ada"), e.NoteAdded("looking", "Ada")]
    yield (
        "diagnosed",
        [
            e.HypothesesRevised((guess, other), "first look", "Ada"),
            e.AlertMarked("PaymentsFailing", "symptom", "", "Ada"),
            e.DiagnosisDeclared("payments", "timeout-misconfigured", 80, (LINK,), "", "Ada"),
        ],
    )
    yield (
        "mitigating",
        [
            e.ActionStated("act-1", "rollback", "payments", "it heals", 80, 60, "forward", "Ada"),
            e.DeployStarted(*BACK),  # type: ignore[arg-type]
            e.DeploySucceeded(*BACK),  # type: ignore[arg-type]
        ],
    )
    yield (
        "verified",
        [
            e.OutcomeMeasured("act-1", True, "it healed", "Ada"),
            e.AlertResolved(*ALERT),
            e.VerifyStarted("Ada"),
            e.VerifyFinished(True, (row,)),
        ],
    )
    yield (
        "looked back",
        [
            e.ReflectionWritten("went-well", "we looked", "Ada"),
            e.CauseAnalysed("surface", "a timeout", 80, "Ada"),
            e.ActionItemAdded("ai-1", "test it", "Ada", "", "Ada"),
        ],
    )
    yield "failed", [e.HarnessProblem("prometheus died"), e.DrillAborted("prometheus died")]


STATES = [name for name, _ in steps(NOT_YET)]


class Silent:
    """Telemetry that has nothing: what it would show is the shop's own, not the harness's."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def asked(*_: object, **__: object) -> Any:
            raise DrillError("no telemetry in this test")

        return asked


class QuietRuntime(FakeRuntime):
    """Everything runs, and nothing answers."""

    def database_url(self, service: str, *, role: str = "oncall") -> str:
        raise StackFailed("no database in this test")

    def processes(self) -> tuple[()]:
        return ()


class SealedDrill:
    """A drill with a planted answer that has come to some state, and a console open on it."""

    def __init__(self, base: Session, folder: Path, answer: Answer, until: str) -> None:
        self.home = folder
        run_dir = folder / "runs" / "d-test"
        run_dir.mkdir(parents=True)
        hand = Hand()
        record = Record(run_dir / "record.db", "d-test", clock=hand.clock)
        spec = planted(base, answer, run_dir)
        services = replace(
            base.services,
            record=record,
            runtime=QuietRuntime(base.services.runtime.deployed()),  # type: ignore[arg-type]
            prometheus=Silent(),  # type: ignore[arg-type]
            recorder=Silent(),  # type: ignore[arg-type]
        )
        self.session = Session(spec, services)
        self.session.run.began = 0.0
        assert spec.seal is not None
        created = e.DrillCreated(spec.scenario.id, spec.seed, "local", "honour", "solo", {})
        self.happen(hand, [created, e.AnswerSealed(spec.seal.commitment)])
        for name, happened in steps(answer):
            self.happen(hand, happened)
            if name == until:
                break
        self.tokens = TokenBook.create(run_dir / "secrets")
        app = create_app(self.session, self.tokens, PORT)
        self.http = TestClient(app, base_url=f"http://127.0.0.1:{PORT}")
        # One event loop for all requests, as the drill's own server has; it has no lifespan.
        self._portal = start_blocking_portal()
        self.loop = self.http.portal = self._portal.__enter__()
        Home(folder).announce("d-test", f"http://127.0.0.1:{PORT}", run_dir)

    def happen(self, hand: Hand, happened: Sequence[Event]) -> None:
        for event in happened:
            hand.move(2)
            self.session.note(event, actor="Ada")

    def plain(self, text: str) -> str:
        """`text` without what every drill draws anew."""
        seal = self.session.spec.seal
        assert seal is not None
        text = text.replace(seal.commitment, "COMMITMENT").replace(str(self.home), "HOME")
        return re.sub(r'("elapsed_s": ?)[\d.]+', r"\1N", text)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the console answers to a client of another kind."""
        got = self.http.request(
            request.method,
            request.url.raw_path.decode(),
            content=request.content,
            headers=dict(request.headers),
        )
        return httpx.Response(got.status_code, content=got.content)

    def close(self) -> None:
        self._portal.__exit__(None, None, None)
        self.session.services.record.close()


def planted(base: Session, answer: Answer, run_dir: Path) -> Any:
    """The spec, with an answer whose every word is marked."""
    fault = replace(
        CATALOG.fault(answer.fault),
        id=f"{MARK}-fault",
        title=f"{MARK} title",
        locus=f"services/{MARK}.py:f",
        hints=(f"{MARK} hint",),
        action_items=(f"{MARK} action item",),
    )
    scenario = replace(
        CATALOG.scenario(answer.fault), id=f"{MARK}-scenario", title=f"{MARK} scenario"
    )
    seal = sealed(scenario, SEED, [fault])
    return replace(
        base.spec, run_dir=run_dir, seed=SEED, scenario=scenario, faults=(fault,), seal=seal
    )


FILLED = {"uid": "shop", "trace_id": "ab" * 16}
PARAMS: Mapping[str, Mapping[str, object]] = {
    "/v1/metrics": {"query": "up"},
    "/v1/metrics/exemplars": {"query": "up", "begin": 1, "end": 2},
    "/v1/operations": {"service": "orders"},
    "/v1/diff": {"service": "payments", "version_from": "2.4.1", "version_to": "2.4.2"},
}
BODIES: Mapping[str, Mapping[str, object]] = {
    "/v1/sql": {"database": "payments", "statement": "select 1"},
    "/v1/diagnoses": {"service": "nobody", "mechanism": "overload", "confidence": 5},
    "/v1/rollbacks": {"service": "nobody", "to": "0.0.1", "no_plan": True},
}
ENDING = {"/v1/finish", "/v1/halt"}
"""Asked last: after them everything that changes something would be refused alike."""
STREAM = "/v1/stream"
"""Asked once the end was asked for and is in the record, so that it ends, too."""


def api_outputs(drill: SealedDrill) -> Iterator[tuple[str, str]]:
    """The answer of every route but the instructor's own, and its refusal of the instructor's; each
    with its headers, for everybody who is no instructor."""
    tokens = {caller.value: drill.tokens.token(caller) for caller in Caller}
    del tokens[Caller.INSTRUCTOR.value]
    tokens["nobody"] = ""
    policy = policy_of(ROUTERS)
    for method, path in sorted({*policy.rules, *policy.public}):
        if path in ENDING | {STREAM}:
            continue
        for who, token in tokens.items():
            yield _answer(drill, method, path, who, token)


def ending_outputs(drill: SealedDrill) -> Iterator[tuple[str, str]]:
    """What asking for the end answers, and the whole stream of a drill that is over."""
    tokens = {Caller.PARTICIPANT.value: drill.tokens.token(Caller.PARTICIPANT), "nobody": ""}
    for path in sorted(ENDING):
        for who, token in tokens.items():
            yield _answer(drill, "POST", path, who, token)
    if drill.session.story().first(e.DrillAborted) is None:
        drill.session.note(e.DrillAborted("halted by participant"))
    for who, token in tokens.items():
        yield _answer(drill, "GET", STREAM, who, token)


def _answer(drill: SealedDrill, method: str, path: str, who: str, token: str) -> tuple[str, str]:
    """The name of an output, and what it says: status, headers and body."""
    answer = drill.http.request(
        method,
        re.sub(r"\{([^}]+)\}", lambda found: FILLED.get(found[1], "abc"), path),
        params=dict(PARAMS.get(path, {})),  # type: ignore[arg-type]
        json=dict(BODIES.get(path, {})) if method == "POST" else None,
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )
    head = "\n".join(f"{key}: {value}" for key, value in sorted(answer.headers.items()))
    return f"{method} {path} as {who}", f"{answer.status_code}\n{head}\n{answer.text}"


COMMANDS: Sequence[tuple[str, ...]] = (
    *(("status",), ("status", "--json"), ("status", "--addresses"), ("page",), ("logs",)),
    *(("trace",), ("metrics", "up"), ("sql", "payments", "select 1"), ("deploys",)),
    *(("deploys", "--json"), ("diff", "payments", "2.4.1", "2.4.2"), ("events",)),
    *(("events", "--json"), ("engagement",), ("updates",), ("roles",), ("agenda",)),
    *(("score",), ("score", "--json"), ("postmortem",), ("history",), ("history", "--json")),
    *(("history", "--csv"), ("guardrails",), ("ai", "status"), ("ai", "brief")),
    *(("hypotheses", "show"), ("outcome",), ("flag",), ("password",), ("open", "--no-browser")),
    ("scenarios",),
)


def cli_outputs(drill: SealedDrill, patch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """What each reading command prints, with the drill running and after its host was killed."""
    patch.setenv("DRILL_HOME", str(drill.home))
    transport = httpx.MockTransport(drill.answer)
    # The same tree for all: to build it again for each command takes ten times what that does.
    patch.setattr(typer_testing, "_get_command", lambda _: TREE)
    patch.setattr(api_client, "DrillClient", partial(api_client.DrillClient, transport=transport))
    for when in ("running", "killed"):
        if when == "killed":
            (drill.home / "active.json").unlink()
        for words in COMMANDS:
            done = CliRunner().invoke(cli_app, list(words))
            if not isinstance(done.exception, SystemExit | DrillError | None):
                raise done.exception  # no output of ours: the walk itself is broken
            text = f"{done.output}\n{done.exception or ''}"
            for caller in Caller:
                text = text.replace(drill.tokens.token(caller), "TOKEN")
            yield f"drill {' '.join(words)}, {when}", text


def terminal_outputs(drill: SealedDrill) -> Iterator[tuple[str, str]]:
    """The live stream, and the terminal of the drill itself."""
    session = drill.session
    public = session.services.record.events(audience="all")
    chunks, _ = Feed(session).after(0, Reader("all"))
    yield "stream", b"".join(one.chunk for one in chunks).decode()
    yield "stream's status", drill.loop.call(Feed(session).status, "all").decode()
    yield "lines", "\n".join(live_view.line_of(one.event) for one in public)
    console = Console(record=True, width=160, file=io.StringIO())
    console.print(live_view._panel(session, session.state("all"), []))
    yield "panel", console.export_text()


def file_outputs(drill: SealedDrill) -> Iterator[tuple[str, str]]:
    """Names of all files, and what stands in those that are handed on; the record and the secrets
    are the host's own."""
    events = drill.session.services.record.events()
    write_postmortem(drill.session.spec.run_dir, events, None)
    for path in sorted(drill.session.spec.run_dir.rglob("*")):
        yield f"name of {path.name}", path.name
        if path.name in FILES:
            yield f"file {path.name}", path.read_text()


PARTS: Mapping[str, Callable[[SealedDrill, pytest.MonkeyPatch], Iterator[tuple[str, str]]]] = {
    "api": lambda drill, _: api_outputs(drill),
    "terminal": lambda drill, _: terminal_outputs(drill),
    "commands": cli_outputs,
    "files": lambda drill, _: file_outputs(drill),
    "end": lambda drill, _: ending_outputs(drill),
}


def walk(
    drill: SealedDrill, patch: pytest.MonkeyPatch, parts: Sequence[str] = tuple(PARTS)
) -> dict[str, str]:
    """Every output that is not an instructor's; of some `parts` only, where a control needs no
    more."""
    return {name: drill.plain(text) for part in parts for name, text in PARTS[part](drill, patch)}


def leaks(drill: SealedDrill, outputs: Mapping[str, str]) -> list[str]:
    """The outputs in which something of the answer stands."""
    seal = drill.session.spec.seal
    assert seal is not None
    marks = (MARK, str(SEED), seal.salt)
    return [name for name, text in outputs.items() if any(mark in text for mark in marks)]
