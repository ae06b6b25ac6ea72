"""`drill ack, deploy, rollback, restart, diagnose, verify, finish …`: acting on the drill."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from harness.cli.expectation_flags import Expect, IfWorse, NoPlan, Probability, Within, planned
from harness.cli.look import participant
from harness.errors import DrillError, UnknownName, UsageError
from harness.terminal import AsJson, data, line, say, table


def ack(page_id: Annotated[str | None, typer.Argument()] = None) -> None:
    """Take the page (all open ones, or one).

    Example: drill ack
    """
    for page in participant().post("/v1/pages/ack", {"page_id": page_id}):
        say(f"acknowledged {page['page_id']}: {page['alert']}")


def deploy(
    service: Annotated[str, typer.Argument()],
    message: Annotated[
        str | None, typer.Option("--message", "-m", help="Commit what is edited, too.")
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
    result = _follow("/v1/deploys", {"service": service, "message": message, **plan})
    line(f"{service} {result['version_to']} is serving (was {result['version_from']})")


def rollback(
    service: Annotated[str, typer.Argument()],
    to: Annotated[str | None, typer.Option(help="A version; default: the one before.")] = None,
    expect: Expect = "",
    within: Within = 120,
    probability: Probability = None,
    if_worse: IfWorse = "",
    no_plan: NoPlan = False,
) -> None:
    """Put an earlier version back.

    Example: drill rollback payments --expect 'errors < 5%' --probability 90 --if-worse 'go back'
    """
    plan = planned("rollback", expect, within, probability, if_worse, no_plan)
    result = _follow("/v1/rollbacks", {"service": service, "to": to, **plan})
    line(f"{service} {result['version_to']} is serving (was {result['version_from']})")


def restart(
    service: Annotated[str, typer.Argument()],
    expect: Expect = "",
    within: Within = 120,
    probability: Probability = None,
    if_worse: IfWorse = "",
) -> None:
    """Replace a service's process by a fresh one.

    Example: drill restart orders
    """
    plan = planned("restart", expect, within, probability, if_worse)
    result = _follow("/v1/restarts", {"service": service, **plan})
    line(f"{service} {result['version_to']} was restarted")


def flag(
    name: Annotated[str, typer.Argument()] = "",
    state: Annotated[str, typer.Argument(help="on or off")] = "",
    expect: Expect = "",
    within: Within = 120,
    probability: Probability = None,
    if_worse: IfWorse = "",
    no_plan: NoPlan = False,
    as_json: AsJson = False,
) -> None:
    """Show the shop's feature flags, or switch one.

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


def _show_flags(flags: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        data(flags)
        return
    words = {True: "on", False: "off", None: "not known"}
    rows = [
        {"flag": one["name"], "service": one["service"], "state": words[one["enabled"]]}
        for one in flags
    ]
    for text in table(rows, ["flag", "service", "state"]):
        line(text)


def diagnose(
    service: Annotated[str, typer.Option("--service", "-s")] = "",
    mechanism: Annotated[str, typer.Option("--mechanism", "-m", help="such as n-plus-one")] = "",
    *,
    confidence: Annotated[int, typer.Option("--confidence", "-c", help="percent")],
    evidence: Annotated[list[str] | None, typer.Option("--evidence", "-e")] = None,
    note: Annotated[str, typer.Option()] = "",
    nothing_wrong: Annotated[
        bool, typer.Option("--nothing-wrong", help="It passed by itself; nothing is to be done.")
    ] = False,
) -> None:
    """Say what you think the cause is, or that nothing is wrong.

    Example: drill diagnose -s users -m overload -c 60 -e 'p95 doubled at 03:02'
    """
    if nothing_wrong == bool(service or mechanism) or bool(service) != bool(mechanism):
        raise UsageError(
            "a diagnosis names a service and a mechanism, or says that nothing is wrong",
            "drill diagnose -s users -m overload -c 60, or drill diagnose --nothing-wrong -c 60",
        )
    participant().post(
        "/v1/diagnoses",
        {
            "service": "none" if nothing_wrong else service,
            "mechanism": "no-fault" if nothing_wrong else mechanism,
            "confidence": confidence,
            "evidence": evidence or [],
            "note": note,
        },
    )
    say("recorded; the scorecard at the end says whether it is right")


def note(text: Annotated[str, typer.Argument()]) -> None:
    """Write a note into the timeline.

    Example: drill note 'checkout errors began 03:01'
    """
    participant().post("/v1/notes", {"text": text})
    say("noted")


def verify(as_json: AsJson = False) -> None:
    """Test all objectives under stress; exit 1 where one fails.

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
            "": "ok" if row["holds"] else "FAILS",
        }
        for row in result["results"]
    ]
    verdict = "all objectives hold" if result["passed"] else "not healed yet"
    if result["settling"] and not result["passed"]:
        verdict += (
            f"; it was still settling when tested ({'; '.join(result['settling'])}): try again"
        )
    return [*table(rows, ["objective", "healthy", "at page", "now", "bound", ""]), "", verdict]


def finish() -> None:
    """End the drill; its terminal shows the scorecard.

    Example: drill finish
    """
    answer = participant().post("/v1/finish")
    say(f"{answer['drill_id']} is finishing; its scorecard follows there, and in `drill score`")


def halt() -> None:
    """Stop everything at once, whatever state it is in.

    Example: drill halt
    """
    answer = participant().post("/v1/halt")
    say(f"{answer['drill_id']} is being taken down")


def _follow(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Say the progress of a long operation, and return its result."""
    for step in participant().stream(path, body):
        if "progress" in step:
            say(f"… {step['progress']}")
        if "result" in step:
            result: dict[str, Any] = step["result"]
            return result
    raise DrillError(
        "the drill ended before this was done", "`drill score` and `drill history` tell how"
    )


COMMANDS = (ack, diagnose, deploy, rollback, restart, flag, verify, note, finish, halt)
