"""`drill declare, triage, hypotheses, mark, expect, outcome`: thinking before and while acting."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from harness.cli.look import participant
from harness.cli.payload_files import FromFile, body_of, pairs, required
from harness.errors import UsageError
from harness.terminal import AsJson, data, line, say

Many = list[str] | None


def declare(
    severity: Annotated[str | None, typer.Option(help="sev1 (worst) to sev4")] = None,
    summary: Annotated[str | None, typer.Option()] = None,
    system: Annotated[Many, typer.Option("--system", "-s", help="An affected service.")] = None,
    blast_radius: Annotated[str | None, typer.Option(help="Who and what feels it.")] = None,
    users: Annotated[int | None, typer.Option(help="How many, as far as you know.")] = None,
    escalate: Annotated[Many, typer.Option(help="data, security or revenue")] = None,
    file: FromFile = None,
) -> None:
    """Open an incident by hand, before or after a page.

    Example: drill declare --severity sev2 --summary 'Checkout fails' -s gateway --blast-radius all
    """
    body = body_of(
        file,
        severity=severity,
        summary=summary,
        systems=system,
        blast_radius=blast_radius,
        users_affected=users,
        escalate=escalate,
    )
    required(body, "severity", "summary", "systems", "blast_radius")
    participant().post("/v1/incident", body)
    say(f"declared: {body['severity']}, {body['summary']}")


def triage(
    known: Annotated[Many, typer.Option("--known", "-k", help="What you know.")] = None,
    unknown: Annotated[Many, typer.Option("--unknown", "-u", help="What you do not.")] = None,
    priority: Annotated[
        Many,
        typer.Option(
            "--priority",
            "-p",
            help="In order, 'KIND: what': prevent-cascade diagnose communicate fix other",
        ),
    ] = None,
    not_yet: Annotated[Many, typer.Option("--not-yet", "-n", help="What you leave alone.")] = None,
    file: FromFile = None,
) -> None:
    """Write down what is known, what is not, what comes first, and what you are not doing yet.

    Example: drill triage -k 'checkout fails' -u 'why' -p 'diagnose: read the logs' -n 'restarts'
    """
    ordered = pairs(priority or [], ":", "'KIND: what'")
    body = body_of(
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
    what: Annotated[str, typer.Argument(help="source, symptom or unrelated")] = "",
    reason: Annotated[str, typer.Option()] = "",
    file: FromFile = None,
) -> None:
    """Say whether an alert is the source or a symptom.

    Example: drill mark DatabasePoolExhausted symptom --reason 'something holds connections'
    """
    body = body_of(file, alert=alert, mark=what, reason=reason)
    required(body, "alert", "mark")
    participant().post("/v1/marks", body)
    say(f"{body['alert']} is marked {body['mark']}")


def expect(
    action: Annotated[str, typer.Argument(help="rollback restart deploy flag wait other")] = "",
    target: Annotated[str, typer.Argument(help="A service, or what you act on.")] = "",
    expectation: Annotated[
        str, typer.Option("--expect", "-e", help="'errors < 5%' is measured by itself.")
    ] = "",
    within: Annotated[
        float | None, typer.Option(help="Seconds of the agenda's clock; default 120.")
    ] = None,
    probability: Annotated[int | None, typer.Option(help="percent")] = None,
    if_worse: Annotated[str, typer.Option(help="Your plan for that.")] = "",
    file: FromFile = None,
) -> None:
    """Say what you expect of an act before you act.

    Example: drill expect wait --expect 'errors < 5%' --within 120 --probability 60
    """
    body = body_of(
        file,
        action=action,
        target=target,
        expect=expectation,
        within_s=within,
        probability=probability,
        if_worse=if_worse,
    )
    required(body, "action", "expect")
    stated = participant().post("/v1/expectations", body)
    id_ = stated["action_id"]
    say(f"{id_} is recorded; unless it is measured by itself, what came of it: drill outcome {id_}")


def outcome(
    action_id: Annotated[str, typer.Argument()],
    measured: Annotated[str, typer.Argument(help="What was measured.")],
    met: Annotated[bool, typer.Option("--met/--missed", help="As expected?")] = True,
) -> None:
    """Say what came of a stated act, where the drill does not measure it by itself.

    Example: drill outcome act-1 'errors fell to 2% in a minute' --met
    """
    body = {"action_id": action_id, "met": met, "measured": measured}
    participant().post("/v1/outcomes", body)
    say(f"{action_id}: {'as expected' if met else 'not as expected'}")


hypotheses = typer.Typer(
    help="What the cause may be, and how likely.", no_args_is_help=True, rich_markup_mode=None
)


@hypotheses.command("set")
def set_hypotheses(
    hypothesis: Annotated[
        Many, typer.Option("--hypothesis", "-H", help="'ID PERCENT TEXT'; all of them sum to 100.")
    ] = None,
    service: Annotated[Many, typer.Option(help="ID=SERVICE")] = None,
    mechanism: Annotated[Many, typer.Option(help="ID=MECHANISM, such as h1=n-plus-one")] = None,
    for_: Annotated[Many, typer.Option("--for", help="ID=LINK, evidence for it")] = None,
    against: Annotated[Many, typer.Option(help="ID=LINK, evidence against it")] = None,
    reason: Annotated[str, typer.Option(help="What moved you.")] = "",
    file: FromFile = None,
) -> None:
    """Write all hypotheses as they stand now; every revision is kept.

    Links: 'promql:QUERY @FROM..TO', 'trace:ID', 'log:NUMBER', 'commit:HASH', 'alert:NAME'.

    Example: drill hypotheses set -H 'h1 70 a deploy' -H 'h2 30 other' --for h1=alert:HighErrorRate
    """
    found = {one["id"]: one for one in map(_hypothesis, hypothesis or [])}
    for name, given in (("service", service), ("mechanism", mechanism)):
        for id_, value in pairs(given or [], "=", "ID=VALUE"):
            _of(found, id_)[name] = value
    for name, given in (("for", for_), ("against", against)):
        for id_, link in pairs(given or [], "=", "ID=LINK"):
            _of(found, id_).setdefault(name, []).append(link)
    body = body_of(file, hypotheses=list(found.values()), reason=reason)
    required(body, "hypotheses")
    participant().post("/v1/hypotheses", body)
    say("hypotheses recorded")


@hypotheses.command("show")
def show_hypotheses(as_json: AsJson = False) -> None:
    """Every revision, oldest first.

    Example: drill hypotheses show
    """
    answer = participant().get("/v1/hypotheses")
    if as_json:
        data(answer)
        return
    for revision in answer:
        line(f"{revision['at']}  {revision['by']}  {revision['reason']}")
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
        raise UsageError(f"no hypothesis '{id_}' is given", f"given with --hypothesis: {known}")
    return found[id_]


COMMANDS = (declare, triage, mark, expect, outcome)
