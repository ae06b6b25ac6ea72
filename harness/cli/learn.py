"""`drill reflect, analyse, learn, action-item`: once the pressure is off."""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli.filing import FromFile, body_of, pairs, read_fields, required
from harness.cli.look import participant
from harness.cli.out import say


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
    file: FromFile = None,
) -> None:
    """An action item, with the person who answers for it.

    Example: drill action-item 'load test for timeout changes' --owner Ada
    """
    body = body_of(file, text=text, owner=owner)
    required(body, "text", "owner")
    item = participant().post("/v1/action-items", body)
    say(f"{item['item_id']}: {item['owner']} answers for it")


COMMANDS = (reflect, analyse, learn, action_item)
