"""An agent's tools: a participant's commands, each with what it takes and what it changes.

They ask the drill's API by a participant's token, as the command line does, and see no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, get_args

from harness.agents import tool_arguments as takes
from harness.agents.workspace_files import WorkspaceFiles
from harness.drill_client import DrillClient
from harness.errors import EnvironmentMissing, UnknownName
from harness.exercise import entries
from harness.exercise.evidence import FORMS
from harness.model import Mechanism
from harness.record.events import ComponentStatus, Readers, ToolName, UpdateStatus

POINTS = 20
SERIES_MAX = 200
MECHANISMS = ", ".join(Mechanism)

Say = Callable[[str], None]


class Effect(Enum):
    """What a tool does to the drill."""

    READS = "reads"
    WRITES = "writes"
    """Something is added to the record; the shop stays as it is."""
    CHANGES = "changes"
    """The shop or its code is another one afterwards."""


@dataclass(frozen=True)
class Seat:
    """Where a player sits: the API as one participant, and the workspace where there is one."""

    client: DrillClient
    workspace: WorkspaceFiles | None = None
    say: Say = field(default=lambda _: None)

    def files(self) -> WorkspaceFiles:
        """The workspace. Raises EnvironmentMissing where none is at hand."""
        if self.workspace is None:
            raise EnvironmentMissing(
                "the workspace is not on this machine",
                "drill git clone shop, then start with: drill mcp --workspace shop",
            )
        return self.workspace


@dataclass(frozen=True)
class Tool:
    """One command as a tool."""

    name: ToolName
    says: str
    takes: type[entries.Entry]
    effect: Effect
    run: Callable[[Seat, Any], Any]


def _page(seat: Seat, _: takes.Nothing) -> Any:
    return seat.client.get("/v1/pages")


def _ack(seat: Seat, given: takes.Ack) -> Any:
    return seat.client.post("/v1/pages/ack", given.model_dump())


def _status(seat: Seat, _: takes.Nothing) -> Any:
    return seat.client.get("/v1/status")


def _logs(seat: Seat, given: takes.Logs) -> Any:
    return seat.client.get("/v1/logs", **given.model_dump())


def _traces(seat: Seat, given: takes.Traces) -> Any:
    if given.trace_id is not None:
        return seat.client.get(f"/v1/traces/{given.trace_id}")
    asked = given.model_dump(exclude={"trace_id", "slower_than_ms"})
    return seat.client.get("/v1/traces", **asked, min_duration_ms=given.slower_than_ms)


def _metrics(seat: Seat, given: takes.Metrics) -> Any:
    return seat.client.get("/v1/metrics", **given.model_dump(), points=POINTS, limit=SERIES_MAX)


def _sql(seat: Seat, given: takes.Sql) -> Any:
    return seat.client.post("/v1/sql", given.model_dump())


def _deploys(seat: Seat, _: takes.Nothing) -> Any:
    # The newest first: what has no room is then what is oldest.
    return list(reversed(seat.client.get("/v1/deploys")))


def _diff(seat: Seat, given: takes.Diff) -> Any:
    return seat.client.get("/v1/diff", **given.model_dump())


def _read_file(seat: Seat, given: takes.ReadFile) -> Any:
    return seat.files().read(given.path, given.first_line, given.lines)


def _write_file(seat: Seat, given: takes.WriteFile) -> Any:
    return seat.files().write(given.path, given.text)


def _deploy(seat: Seat, given: takes.Deploy) -> Any:
    commit = seat.workspace.pushed_commit(given.message) if seat.workspace else None
    body = _planned(given, service=given.service, commit=commit)
    message = given.message if commit is None else None
    return seat.client.run_operation("/v1/deploys", {**body, "message": message}, seat.say)


def _rollback(seat: Seat, given: takes.Rollback) -> Any:
    body = _planned(given, service=given.service, to=given.to)
    return seat.client.run_operation("/v1/rollbacks", body, seat.say)


def _restart(seat: Seat, given: takes.Restart) -> Any:
    return seat.client.run_operation(
        "/v1/restarts", _planned(given, service=given.service), seat.say
    )


def _flag(seat: Seat, given: takes.Flag) -> Any:
    if given.name is None or given.enabled is None:
        found = seat.client.get("/v1/flags")
        known = [one["name"] for one in found]
        if given.name is not None and given.name not in known:
            raise UnknownName("feature flag", given.name, known)
        return [one for one in found if given.name in (None, one["name"])]
    return seat.client.post("/v1/flags", _planned(given, name=given.name, enabled=given.enabled))


def _hypotheses(seat: Seat, given: takes.Hypotheses) -> Any:
    if not given.hypotheses:
        return list(reversed(seat.client.get("/v1/hypotheses")))
    return seat.client.post("/v1/hypotheses", given.model_dump(by_alias=True))


def _update(seat: Seat, given: entries.Update) -> Any:
    return seat.client.post("/v1/updates", given.model_dump())


def _diagnose(seat: Seat, given: entries.Diagnosis) -> Any:
    return seat.client.post("/v1/diagnoses", given.model_dump())


def _verify(seat: Seat, _: takes.Nothing) -> Any:
    return seat.client.run_operation("/v1/verifications", {}, seat.say)


def _planned(given: takes.Expected, **body: Any) -> dict[str, Any]:
    """A request with the fields of the plan."""
    return {**given.model_dump(include=set(takes.Expected.model_fields)), **body}


def _one_of(words: Any) -> str:
    return ", ".join(get_args(words))


READS, WRITES, CHANGES = Effect.READS, Effect.WRITES, Effect.CHANGES

TOOLS: tuple[Tool, ...] = (
    Tool("page", "List the pages so far, newest last.", takes.Nothing, READS, _page),
    Tool("ack", "Acknowledge a page, or all open pages.", takes.Ack, WRITES, _ack),
    Tool(
        "status",
        "Show phase, services, alerts, impact and the next step.",
        takes.Nothing,
        READS,
        _status,
    ),
    Tool("logs", "Search the newest log lines.", takes.Logs, READS, _logs),
    Tool(
        "traces",
        "List recent traces; or, with trace_id, show one with its log lines.",
        takes.Traces,
        READS,
        _traces,
    ),
    Tool("metrics", "Query Prometheus.", takes.Metrics, READS, _metrics),
    Tool("sql", "Query a service's database, read-only.", takes.Sql, READS, _sql),
    Tool("deploys", "List the deploys, newest first.", takes.Nothing, READS, _deploys),
    Tool(
        "diff",
        "Show what changed between two versions of a service (default: last two).",
        takes.Diff,
        READS,
        _diff,
    ),
    Tool(
        "read_file",
        "Read a file of the workspace, a git clone of the shop; or list a folder.",
        takes.ReadFile,
        READS,
        _read_file,
    ),
    Tool(
        "write_file",
        "Replace or make a file of the workspace. It runs once it is deployed.",
        takes.WriteFile,
        CHANGES,
        _write_file,
    ),
    Tool(
        "deploy",
        "Build a service from the workspace and deploy it; with a message, what was written is"
        " committed first. What cannot start is not put in service.",
        takes.Deploy,
        CHANGES,
        _deploy,
    ),
    Tool(
        "rollback",
        "Roll a service back to an earlier version.",
        takes.Rollback,
        CHANGES,
        _rollback,
    ),
    Tool("restart", "Restart a service.", takes.Restart, CHANGES, _restart),
    Tool("flag", "Show the feature flags, or switch one.", takes.Flag, CHANGES, _flag),
    Tool(
        "hypotheses",
        "Record all current hypotheses, or show every revision. Evidence is text; links in it are"
        f" followed: {FORMS}. Mechanisms: {MECHANISMS}.",
        takes.Hypotheses,
        WRITES,
        _hypotheses,
    ),
    Tool(
        "update",
        f"Post a stakeholder update. status: {_one_of(UpdateStatus)}; readers: {_one_of(Readers)};"
        f" confidence in percent; components: service to {_one_of(ComponentStatus)}.",
        entries.Update,
        WRITES,
        _update,
    ),
    Tool(
        "diagnose",
        "Declare the cause, with your confidence in percent; declare it again when you know better."
        " Where nothing is wrong and it passes by itself: service none, mechanism no-fault."
        f" Links in the evidence are followed: {FORMS}. Mechanisms: {MECHANISMS}.",
        entries.Diagnosis,
        WRITES,
        _diagnose,
    ),
    Tool(
        "verify",
        "Verify all objectives under stress: whether you are done, not what is wrong. It takes up"
        " to two minutes.",
        takes.Nothing,
        WRITES,
        _verify,
    ),
)
