"""`drill join, leave, roles, advance, messages`: people, roles and the agenda."""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli.api_client import PERSON_VARIABLE
from harness.cli.look import agenda_lines, participant
from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.cli.payload_files import entry_of
from harness.exercise.entries import Membership
from harness.terminal import AsJson, data, line, say

Role = Annotated[
    str, typer.Option("--role", "-r", help="Such as on-call; list them with `drill roles`.")
]


def join(name: Annotated[str, typer.Argument(help="Your name.")], role: Role) -> None:
    """Take a role; one person may hold several.

    Example: drill join Ada --role on-call
    """
    client = participant()
    client.post("/v1/roles/join", entry_of(Membership, None, person=name, role=role))
    say(f"{name} has the role {role}")
    for one in client.get("/v1/roles"):
        if one["id"] == role:
            for text in one["checklist"]:
                line(f"[ ] {text}")
    say(f"sharing a machine? In your terminal: export {PERSON_VARIABLE}='{name}'")


def leave(name: Annotated[str, typer.Argument(help="Your name.")], role: Role) -> None:
    """Give up a role.

    Example: drill leave Ada --role on-call
    """
    participant().post("/v1/roles/leave", entry_of(Membership, None, person=name, role=role))
    say(f"{name} no longer has the role {role}")


@paged
def roles(as_json: AsJson = False) -> None:
    """List the roles, who holds them, and their checklists.

    Example: drill roles
    """
    answer = participant().get("/v1/roles")
    if as_json:
        data(answer)
        return
    for one in answer:
        people = ", ".join(one["people"]) or "nobody: drill join NAME --role " + one["id"]
        line(f"{one['id']}  {one['title']}: {people}")
        line(f"    {', '.join(one['responsibilities'])}")
        for text in one["checklist"]:
            line(f"    [ ] {text}")


@paged
def agenda(as_json: AsJson = False) -> None:
    """Show phases, objectives, questions, messages and files.

    Example: drill agenda
    """
    client = participant()
    answer, told = client.get("/v1/exercise"), client.get("/v1/messages")
    if as_json:
        data({**answer, "messages": told})
        return
    for text in agenda_lines(answer) or [answer["title"]]:
        line(text)
    clock = answer["clock"]
    for one in answer["phases"]:
        mark = "->" if clock["is_running"] and one["id"] == clock["phase"] else "  "
        length = "open end" if one["duration_s"] is None else f"{one['duration_s'] / 60:g} min"
        line(f"{mark} {one['title']} ({length})")
    for title, texts in (
        ("objectives", clock["objectives"]),
        ("questions", clock["questions"]),
        ("files", answer["files"]),
        ("hints", answer["hints"]),
    ):
        for text in texts:
            line(f"{title.removesuffix('s')}: {text}")
    for one in told:
        alone = f", to {one['to']} alone" if one["to"] else ""
        line(f"{one['sender']}{alone}: {' '.join(one['text'].split())}")
    if answer["sealed"]:
        line(f"the answer is sealed: {answer['sealed']}")


def advance() -> None:
    """End a phase that has an open end.

    Example: drill advance
    """
    answer = participant().post("/v1/clock/advance")
    say(f"phase: {answer['clock']['phase_title']}")


COMMANDS: Commands = {
    "Exercise": (
        join,
        leave,
        roles,
        agenda,
        advance,
    )
}
