"""`drill declare, triage, hypotheses, mark, expect, outcome`: thinking before and while acting."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from harness.cli.act import say_problems
from harness.cli.look import participant
from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.cli.payload_files import FromFile, entry_of, pairs
from harness.errors import UsageError
from harness.exercise import entries
from harness.exercise.evidence import FORMS
from harness.terminal import AsJson, data, line, moment, say

Many = list[str] | None


def declare(
    severity: Annotated[str | None, typer.Option(help="`sev1` (worst) to `sev4`.")] = None,
    summary: Annotated[str | None, typer.Option(help="What users see, in a line.")] = None,
    system: Annotated[
        Many, typer.Option("--system", "-s", help="An affected service; may repeat.")
    ] = None,
    blast_radius: Annotated[str | None, typer.Option(help="Who and what is affected.")] = None,
    users: Annotated[int | None, typer.Option(help="Affected users, as far as you know.")] = None,
    escalate: Annotated[Many, typer.Option(help="`data`, `security` or `revenue`.")] = None,
    file: FromFile = None,
) -> None:
    """Declare an incident, before or after a page.

    Example: drill declare --severity sev2 --summary 'Checkout fails' -s gateway --blast-radius all
    """
    body = entry_of(
        entries.Incident,
        file,
        severity=severity,
        summary=summary,
        systems=system,
        blast_radius=blast_radius,
        users_affected=users,
        escalate=escalate,
    )
    participant().post("/v1/incident", body)
    say(f"declared: {body['severity']}, {body['summary']}")


def triage(
    known: Annotated[Many, typer.Option("--known", "-k", help="A known fact; may repeat.")] = None,
    unknown: Annotated[
        Many, typer.Option("--unknown", "-u", help="An open question; may repeat.")
    ] = None,
    priority: Annotated[
        Many,
        typer.Option(
            "--priority",
            "-p",
            help="'KIND: TEXT', most urgent first; KIND: prevent-cascade, diagnose, "
            "communicate, fix or other.",
        ),
    ] = None,
    not_yet: Annotated[
        Many, typer.Option("--not-yet", "-n", help="What can wait; may repeat.")
    ] = None,
    file: FromFile = None,
) -> None:
    """Record knowns, unknowns, priorities and what can wait.

    Example: drill triage -k 'checkout fails' -u 'why' -p 'diagnose: read the logs' -n 'restarts'
    """
    ordered = pairs(priority or [], ":", "'KIND: TEXT'")
    body = entry_of(
        entries.Triage,
        file,
        known=known,
        unknown=unknown,
        priorities=[{"kind": kind, "text": what} for kind, what in ordered],
        not_doing_yet=not_yet,
    )
    participant().post("/v1/triage", body)
    say("triage recorded")


def mark(
    alert: Annotated[str, typer.Argument(help="An alert that has fired.")] = "",
    what: Annotated[str, typer.Argument(help="`source`, `symptom` or `unrelated`.")] = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    file: FromFile = None,
) -> None:
    """Mark an alert as source, symptom or unrelated.

    Example: drill mark DatabasePoolExhausted symptom --reason 'something holds connections'
    """
    body = entry_of(entries.Mark, file, alert=alert, mark=what, reason=reason)
    participant().post("/v1/marks", body)
    say(f"{body['alert']} is marked {body['mark']}")


def expect(
    action: Annotated[
        str, typer.Argument(help="rollback, restart, deploy, flag, wait or other.")
    ] = "",
    target: Annotated[str, typer.Argument(help="The service, or what else you act on.")] = "",
    expectation: Annotated[
        str, typer.Option("--expect", "-e", help="Expected effect; 'errors < 5%' is measured.")
    ] = "",
    within: Annotated[
        float | None, typer.Option(help="Seconds on the agenda's clock; default 120.")
    ] = None,
    probability: Annotated[int | None, typer.Option(help="That it happens, in percent.")] = None,
    if_worse: Annotated[str, typer.Option(help="Your plan if it gets worse.")] = "",
    file: FromFile = None,
) -> None:
    """State what you expect an action to do, before you act.

    Example: drill expect wait --expect 'errors < 5%' --within 120 --probability 60
    """
    body = entry_of(
        entries.Expectation,
        file,
        action=action,
        target=target,
        expect=expectation,
        within_s=within,
        probability=probability,
        if_worse=if_worse,
    )
    stated = participant().post("/v1/expectations", body)
    say(stated["held"])


def outcome(
    action_id: Annotated[str, typer.Argument(help="Such as act-1; default: list them.")] = "",
    measured: Annotated[str, typer.Argument(help="What was measured.")] = "",
    met: Annotated[
        bool | None, typer.Option("--met/--missed", help="Whether it went as expected.")
    ] = None,
) -> None:
    """Record an action's outcome, or list the open actions.

    Example: drill outcome act-1 'the queue is empty' --met
    """
    if not action_id:
        _list_open_actions()
        return
    if not measured or met is None:
        raise UsageError(
            "an outcome says what was measured, and whether it went as expected",
            f"drill outcome {action_id} 'WHAT YOU SAW' --met (or --missed)",
        )
    body = entry_of(entries.Outcome, None, action_id=action_id, met=met, measured=measured)
    participant().post("/v1/outcomes", body)
    say(f"{action_id}: {'as expected' if met else 'not as expected'}")


def _list_open_actions() -> None:
    waiting = participant().get("/v1/exercise")["open_actions"]
    for one in waiting:
        act = " ".join(part for part in (one["action"], one["target"]) if part)
        line(f"{one['action_id']}  {act}: {one['expectation']}")
    if not waiting:
        say("no action waits for its outcome")


hypotheses = typer.Typer(
    help="Record or show hypotheses and their probabilities.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@hypotheses.command("set")
def set_hypotheses(
    hypothesis: Annotated[
        Many,
        typer.Option("--hypothesis", "-H", help="'ID PERCENT TEXT'; the percentages sum to 100."),
    ] = None,
    service: Annotated[Many, typer.Option(help="ID=SERVICE, such as h1=orders.")] = None,
    mechanism: Annotated[Many, typer.Option(help="ID=MECHANISM, such as h1=n-plus-one.")] = None,
    for_: Annotated[
        Many, typer.Option("--for", help=f"ID=EVIDENCE for it, in words or as links: {FORMS}.")
    ] = None,
    against: Annotated[Many, typer.Option(help="ID=EVIDENCE against it, the same way.")] = None,
    reason: Annotated[str, typer.Option(help="Why the probabilities changed.")] = "",
    file: FromFile = None,
) -> None:
    """Record all current hypotheses; every revision is kept.

    Example: drill hypotheses set -H 'h1 70 a deploy' -H 'h2 30 other' --for h1=alert:HighErrorRate
    """
    found = {one["id"]: one for one in map(_hypothesis, hypothesis or [])}
    for name, given in (("service", service), ("mechanism", mechanism)):
        for id_, value in pairs(given or [], "=", "ID=VALUE"):
            _of(found, id_)[name] = value
    for name, given in (("for", for_), ("against", against)):
        for id_, link in pairs(given or [], "=", "ID=EVIDENCE"):
            _of(found, id_).setdefault(name, []).append(link)
    body = entry_of(entries.Hypotheses, file, hypotheses=list(found.values()), reason=reason)
    recorded = participant().post("/v1/hypotheses", body)
    say("hypotheses recorded")
    say_problems(recorded["problems"])


@hypotheses.command("show")
@paged
def show_hypotheses(as_json: AsJson = False) -> None:
    """Show every revision, oldest first.

    Example: drill hypotheses show
    """
    answer = participant().get("/v1/hypotheses")
    if as_json:
        data(answer)
        return
    for revision in answer:
        at = moment(datetime.fromisoformat(revision["at"]).astimezone(UTC), datetime.now(UTC))
        line(f"{at}  {revision['by']}  {revision['reason']}", "strong")
        for one in revision["hypotheses"]:
            cause = " ".join(part for part in (one["service"], one["mechanism"]) if part)
            line(f"  {one['probability_percent']:>3}%  {one['id']}  {one['text']}  {cause}")
            for sign, links in (("+", one["evidence_for"]), ("-", one["evidence_against"])):
                for link in links:
                    line(f"        {sign} {link}")


def _hypothesis(text: str) -> dict[str, Any]:
    parts = text.split(maxsplit=2)
    if len(parts) < 3 or not parts[1].removesuffix("%").isdigit():
        raise UsageError(f"'{text}' is not of the form 'ID PERCENT TEXT'")
    return {"id": parts[0], "probability": int(parts[1].removesuffix("%")), "text": parts[2]}


def _of(found: dict[str, dict[str, Any]], id_: str) -> dict[str, Any]:
    if id_ not in found:
        known = ", ".join(found) or "none"
        raise UsageError(f"there is no hypothesis '{id_}'", f"given with --hypothesis: {known}")
    return found[id_]


COMMANDS: Commands = {
    "Write": (
        declare,
        triage,
        ("hypotheses", hypotheses),
        mark,
        expect,
        outcome,
    )
}
