"""`drill reflect, analyse, learn, action-item, guardrails`: once the pressure is off."""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli.look import participant
from harness.cli.panels import Commands
from harness.cli.payload_files import FromFile, entry_of, pairs, read_fields
from harness.exercise import entries
from harness.terminal import AsJson, data, line, say


def reflect(
    kind: Annotated[str, typer.Argument(help="`went-well`, `could-improve` or `answer`.")] = "",
    text: Annotated[str, typer.Argument(help="In a sentence.")] = "",
    question: Annotated[str, typer.Option(help="The agenda's question, for an answer.")] = "",
    file: FromFile = None,
) -> None:
    """Record what went well, what could improve, or an answer.

    Example: drill reflect went-well 'we looked at the diff before we acted'
    """
    body = entry_of(entries.Reflection, file, kind=kind, text=text, question=question)
    participant().post("/v1/reflections", body)
    say("recorded")


def analyse(
    level: Annotated[str, typer.Argument(help="`surface`, `deeper` or `deepest`.")] = "",
    text: Annotated[str, typer.Argument(help="The cause at this level.")] = "",
    confidence: Annotated[
        int | None, typer.Option("--confidence", "-c", help="In percent.")
    ] = None,
    file: FromFile = None,
) -> None:
    """Record one level of the root cause analysis.

    Surface: what broke. Deeper: what allowed it. Deepest: why that was possible.

    Example: drill analyse deepest 'configuration is not reviewed like code' -c 85
    """
    body = entry_of(entries.Analysis, file, level=level, text=text, confidence=confidence)
    participant().post("/v1/causes", body)
    say(f"the {body['level']} cause is recorded")


def learn(
    kind: Annotated[
        str,
        typer.Argument(
            help="incident_pattern diagnostic_lesson process_lesson process_improvement "
            "cultural_insight"
        ),
    ],
    field: Annotated[
        list[str] | None,
        typer.Option("--field", "-F", help="NAME=TEXT; repeat a name for a list."),
    ] = None,
    file: FromFile = None,
) -> None:
    """Record a lesson learned.

    A wrong or missing field is refused with the list of expected fields.

    Example: drill learn process_lesson -F lesson='…' -F explanation='…' -F action='…'
    """
    fields: dict[str, object] = dict(read_fields(file)) if file is not None else {}
    given: dict[str, list[str]] = {}
    for name, value in pairs(field or [], "=", "NAME=TEXT"):
        given.setdefault(name, []).append(value)
    fields.update({name: all_ if len(all_) > 1 else all_[0] for name, all_ in given.items()})
    participant().post("/v1/learnings", {"kind": kind, "fields": fields})
    say("recorded")


def action_item(
    text: Annotated[str, typer.Argument(help="What will be done.")] = "",
    owner: Annotated[str, typer.Option("--owner", "-o", help="Who does it.")] = "",
    check: Annotated[
        str, typer.Option(help="A check that later drills run at each deploy: `drill guardrails`.")
    ] = "",
    file: FromFile = None,
) -> None:
    """Add an action item with its owner.

    Example: drill action-item 'load test timeouts' -o Ada --check timeout-change-needs-load-test
    """
    body = entry_of(entries.ActionItem, file, text=text, owner=owner, check=check)
    item = participant().post("/v1/action-items", body)
    say(f"{item['item_id']} is owned by {item['owner']}")
    if item.get("check"):
        say(f"later drills check '{item['check']}' at each deploy")


def guardrails(as_json: AsJson = False) -> None:
    """List the checks for action items, and their verdicts.

    Example: drill guardrails
    """
    answer = participant().get("/v1/guardrails")
    if as_json:
        data(answer)
        return
    for one in answer:
        line(f"{one['check']} ({one['kind']}): {one['title']}")
        if one["bound_by"]:
            line(f"    linked by {one['bound_by']}, owned by {one['owner']}")
        for outcome in one["said"]:
            why = f": {outcome['why']}" if outcome["why"] else ""
            line(f"    {outcome['service']} {outcome['version']} {outcome['verdict']}{why}")


COMMANDS: Commands = {
    "Afterwards": (
        reflect,
        analyse,
        learn,
        action_item,
        guardrails,
    )
}
