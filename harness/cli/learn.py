"""`drill reflect, analyse, learn, action-item, guardrails`: once the pressure is off."""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli.look import participant
from harness.cli.payload_files import FromFile, body_of, pairs, read_fields, required
from harness.terminal import AsJson, data, line, say


def reflect(
    kind: Annotated[str, typer.Argument(help="went-well, could-improve or answer")] = "",
    text: Annotated[str, typer.Argument()] = "",
    question: Annotated[str, typer.Option(help="With an answer: the agenda's question.")] = "",
    file: FromFile = None,
) -> None:
    """What went well, what could improve, or an answer to a question of the agenda.

    Example: drill reflect went-well 'we looked at the diff before we acted'
    """
    body = body_of(file, kind=kind, text=text, question=question)
    required(body, "kind", "text")
    participant().post("/v1/reflections", body)
    say("recorded")


def analyse(
    level: Annotated[str, typer.Argument(help="surface, deeper or deepest")] = "",
    text: Annotated[str, typer.Argument()] = "",
    confidence: Annotated[int | None, typer.Option("--confidence", "-c", help="percent")] = None,
    file: FromFile = None,
) -> None:
    """One level of the cause: what broke, what let it, what lets such things.

    Example: drill analyse deepest 'configuration is not reviewed like code' -c 85
    """
    body = body_of(file, level=level, text=text, confidence=confidence)
    required(body, "level", "text", "confidence")
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
        typer.Option("--field", "-F", help="NAME=TEXT; given twice it makes a list."),
    ] = None,
    file: FromFile = None,
) -> None:
    """Store what was learned; a wrong or missing field is answered with those that are wanted.

    Example: drill learn process_lesson -F lesson='…' -F explanation='…' -F action='…'
    """
    fields: dict[str, object] = dict(read_fields(file)) if file is not None else {}
    given: dict[str, list[str]] = {}
    for name, value in pairs(field or [], "=", "NAME=TEXT"):
        given.setdefault(name, []).append(value)
    fields.update({name: all_ if len(all_) > 1 else all_[0] for name, all_ in given.items()})
    participant().post("/v1/learnings", {"kind": kind, "fields": fields})
    say("learned")


def action_item(
    text: Annotated[str, typer.Argument()] = "",
    owner: Annotated[str, typer.Option("--owner", "-o")] = "",
    check: Annotated[
        str, typer.Option(help="Later drills run it at each deploy: drill guardrails")
    ] = "",
    file: FromFile = None,
) -> None:
    """An action item, with the person who answers for it.

    Example: drill action-item 'load test timeouts' -o Ada --check timeout-change-needs-load-test
    """
    body = body_of(file, text=text, owner=owner, check=check)
    required(body, "text", "owner")
    item = participant().post("/v1/action-items", body)
    say(f"{item['item_id']}: {item['owner']} answers for it")
    if item.get("check"):
        say(f"later drills from here run '{item['check']}' at each deploy")


def guardrails(as_json: AsJson = False) -> None:
    """The checks that an action item can be bound to, and what the bound ones said.

    Example: drill guardrails
    """
    answer = participant().get("/v1/guardrails")
    if as_json:
        data(answer)
        return
    for one in answer:
        line(f"{one['check']} ({one['kind']}): {one['title']}")
        if one["bound_by"]:
            line(f"    bound since {one['bound_by']}, {one['owner']} answers for it")
        for said in one["said"]:
            why = f": {said['why']}" if said["why"] else ""
            line(f"    {said['service']} {said['version']} {said['verdict']}{why}")


COMMANDS = (reflect, analyse, learn, action_item, guardrails)
