"""`drill ack, deploy, rollback, restart, diagnose, verify, finish …`: acting on the drill."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from harness.cli.clone import commit_to_deploy
from harness.cli.expectation_flags import Expect, IfWorse, NoPlan, Probability, Within, planned
from harness.cli.look import participant
from harness.cli.panels import Commands
from harness.cli.payload_files import entry_of
from harness.errors import UnknownName, UsageError
from harness.exercise.entries import Diagnosis
from harness.exercise.evidence import FORMS
from harness.terminal import AsJson, data, line, say, show_table, table


def ack(
    page_id: Annotated[str | None, typer.Argument(help="Default: all open pages.")] = None,
) -> None:
    """Acknowledge a page, or all open pages.

    Example: drill ack
    """
    for page in participant().post("/v1/pages/ack", {"page_id": page_id}):
        say(f"acknowledged {page['page_id']}: {page['alert']}")


def deploy(
    service: Annotated[str, typer.Argument(help="Such as payments.")],
    message: Annotated[
        str | None,
        typer.Option("--message", "-m", help="Commit the workspace's edits with this message."),
    ] = None,
    commit: Annotated[
        str | None,
        typer.Option(help="A pushed commit; in a clone of `drill git clone` the one checked out."),
    ] = None,
    expect: Expect = "",
    within: Within = 120,
    probability: Probability = None,
    if_worse: IfWorse = "",
    no_plan: NoPlan = False,
) -> None:
    """Build a service from the workspace and deploy it.

    Example: drill deploy payments -m 'payments: restore timeouts'
    """
    plan = planned("deploy", expect, within, probability, if_worse, no_plan)
    commit = commit or commit_to_deploy(message)
    body = {"service": service, "message": message, "commit": commit, **plan}
    result = _follow("/v1/deploys", body)
    line(f"{service} {result['version_to']} is serving (was {result['version_from']})")


def rollback(
    service: Annotated[str, typer.Argument(help="Such as payments.")],
    to: Annotated[str | None, typer.Option(help="A version; default: the previous one.")] = None,
    expect: Expect = "",
    within: Within = 120,
    probability: Probability = None,
    if_worse: IfWorse = "",
    no_plan: NoPlan = False,
) -> None:
    """Roll a service back to an earlier version.

    Example: drill rollback payments --expect 'errors < 5%' --probability 90 --if-worse 'go back'
    """
    plan = planned("rollback", expect, within, probability, if_worse, no_plan)
    result = _follow("/v1/rollbacks", {"service": service, "to": to, **plan})
    line(f"{service} {result['version_to']} is serving (was {result['version_from']})")


def restart(
    service: Annotated[str, typer.Argument(help="Such as payments.")],
    expect: Expect = "",
    within: Within = 120,
    probability: Probability = None,
    if_worse: IfWorse = "",
) -> None:
    """Restart a service.

    Example: drill restart orders
    """
    plan = planned("restart", expect, within, probability, if_worse)
    result = _follow("/v1/restarts", {"service": service, **plan})
    line(f"{service} {result['version_to']} was restarted")


def flag(
    name: Annotated[str, typer.Argument(help="A flag; default: all.")] = "",
    state: Annotated[str, typer.Argument(help="`on` or `off`.")] = "",
    expect: Expect = "",
    within: Within = 120,
    probability: Probability = None,
    if_worse: IfWorse = "",
    no_plan: NoPlan = False,
    as_json: AsJson = False,
) -> None:
    """Show the feature flags, or switch one.

    Example: drill flag ranking off --expect 'errors < 1%' --probability 80
    """
    if not name:
        _show_flags(participant().get("/v1/flags"), as_json=as_json)
        return
    if not state:
        known = {one["name"]: one for one in participant().get("/v1/flags")}
        if name not in known:
            raise UnknownName("feature flag", name, list(known))
        _show_flags([known[name]], as_json=as_json)
        return
    if state not in ("on", "off"):
        raise UsageError(f"a flag is on or off, not '{state}'", f"drill flag {name} off")
    plan = planned("flag", expect, within, probability, if_worse, no_plan)
    body = {"name": name, "enabled": state == "on", **plan}
    switched = participant().post("/v1/flags", body)
    if as_json:
        data(switched)
    else:
        line(f"{name} of {switched['service']} is {state}")
        if switched["held"]:
            say(switched["held"])


def _show_flags(flags: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        data(flags)
        return
    words = {True: "on", False: "off", None: "not known"}
    rows = [
        {"flag": one["name"], "service": one["service"], "state": words[one["enabled"]]}
        for one in flags
    ]
    show_table(rows, ["flag", "service", "state"])


def diagnose(
    service: Annotated[str, typer.Option("--service", "-s", help="The faulty service.")] = "",
    mechanism: Annotated[str, typer.Option("--mechanism", "-m", help="Such as n-plus-one.")] = "",
    *,
    confidence: Annotated[int, typer.Option("--confidence", "-c", help="In percent.")],
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            "--evidence", "-e", help=f"What supports it, in words or as links: {FORMS}; may repeat."
        ),
    ] = None,
    note: Annotated[str, typer.Option(help="Anything to add.")] = "",
    nothing_wrong: Annotated[
        bool, typer.Option("--nothing-wrong", help="It resolved itself; there is nothing to fix.")
    ] = False,
) -> None:
    """Diagnose the cause, or state that nothing is wrong.

    Any evidence is recorded; the AI gate counts the links in it.

    Example: drill diagnose -s users -m overload -c 60 -e 'p95 doubled, see log:4711'
    """
    if nothing_wrong == bool(service or mechanism) or bool(service) != bool(mechanism):
        raise UsageError(
            "a diagnosis needs a service and a mechanism, or --nothing-wrong",
            "drill diagnose -s users -m overload -c 60, or drill diagnose --nothing-wrong -c 60",
        )
    body = entry_of(
        Diagnosis,
        None,
        service="none" if nothing_wrong else service,
        mechanism="no-fault" if nothing_wrong else mechanism,
        confidence=confidence,
        evidence=evidence,
        note=note,
    )
    recorded = participant().post("/v1/diagnoses", body)
    say("recorded; the final scorecard shows whether it is right")
    say_problems(recorded["problems"])


def say_problems(problems: list[str]) -> None:
    """Which links of what was recorded cannot be followed."""
    for problem in problems:
        say(f"recorded as text only: {problem}")


def note(text: Annotated[str, typer.Argument(help="What to note.")]) -> None:
    """Add a note to the timeline.

    Example: drill note 'checkout errors began 03:01'
    """
    participant().post("/v1/notes", {"text": text})
    say("noted")


def verify(as_json: AsJson = False) -> None:
    """Verify all objectives under stress; exit 1 if one fails.

    Example: drill verify
    """
    result = _follow("/v1/verifications", {})
    if as_json:
        data(result)
    else:
        for text in verification_lines(result):
            line(text)
    if not result["passed"]:
        raise typer.Exit(1)


def verification_lines(result: dict[str, Any]) -> list[str]:
    """The outcome of a verification as plain text: before, now, bound."""
    rows = [
        {
            "objective": row["measure"],
            "healthy": row["healthy"],
            "at page": row["at_page"],
            "now": row["value"],
            "bound": row["bound"],
            "": "ok" if row["holds"] else "FAILS" if _measured(row) else "no data",
        }
        for row in result["results"]
    ]
    verdict = "all objectives hold" if result["passed"] else "not recovered yet"
    failing = [row for row in result["results"] if not row["holds"]]
    if failing and not any(map(_measured, failing)):
        verdict = "not proven: what has no data could not be measured; verify again"
    if result["settling"] and not result["passed"]:
        verdict += f"; still recovering when tested ({'; '.join(result['settling'])}): verify again"
    return [*table(rows, ["objective", "healthy", "at page", "now", "bound", ""]), "", verdict]


def _measured(row: dict[str, Any]) -> bool:
    return row["value"] is not None


def finish() -> None:
    """Finish the drill; its terminal shows the scorecard.

    Example: drill finish
    """
    answer = participant().post("/v1/finish")
    say(f"{answer['drill_id']} is finishing; its terminal and `drill score` show the scorecard")


def halt() -> None:
    """Stop everything at once, in any state.

    Example: drill halt
    """
    answer = participant().post("/v1/halt")
    say(f"{answer['drill_id']} is stopping")


def _follow(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Say the progress of a long operation, and return its result."""
    return participant().run_operation(path, body, lambda text: say(f"… {text}"))


COMMANDS: Commands = {
    "Act": (
        ack,
        deploy,
        rollback,
        restart,
        flag,
        verify,
        finish,
        halt,
    ),
    "Write": (
        diagnose,
        note,
    ),
}
