"""`drill instruct …`: what the instructor does, with the instructor's token."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from harness.cli.api_client import drill_client
from harness.cli.look import agenda_lines
from harness.cli.panels import Commands
from harness.drill_client import DrillClient
from harness.model import Role
from harness.terminal import AsJson, data, line, say

app = typer.Typer(
    help="Run the exercise: clock, messages, hints, grades, answer.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


def _ask(path: str, body: dict[str, Any] | None = None) -> Any:
    return _client().post(f"/v1/instructor/{path}", body)


def _client() -> DrillClient:
    return drill_client(Role.INSTRUCTOR)


def _say_clock(answer: dict[str, Any]) -> None:
    for text in agenda_lines(answer):
        say(text)


@app.command()
def start() -> None:
    """Start an agenda's clock without waiting for the page.

    Example: drill instruct start
    """
    _say_clock(_ask("start"))


@app.command()
def pause(reason: Annotated[str, typer.Option(help="Why.")] = "") -> None:
    """Pause the clock; the shop keeps running.

    Example: drill instruct pause --reason 'fire alarm'
    """
    _say_clock(_ask("pause", {"reason": reason}))


@app.command()
def resume() -> None:
    """Resume the clock.

    Example: drill instruct resume
    """
    _say_clock(_ask("resume"))


@app.command()
def extend(minutes: Annotated[float, typer.Argument(help="On the agenda's clock.")]) -> None:
    """Extend the current phase.

    Example: drill instruct extend 5
    """
    _say_clock(_ask("extend", {"extra_s": minutes * 60}))


@app.command()
def skip() -> None:
    """End the current phase.

    Example: drill instruct skip
    """
    _say_clock(_ask("skip"))


@app.command()
def inject(
    message: Annotated[str | None, typer.Argument(help="Its id; omit it to list them.")] = None,
) -> None:
    """Deliver one of the agenda's messages now.

    Example: drill instruct inject executive-asks
    """
    if message is None:
        for name in _client().get("/v1/instructor/messages"):
            line(name)
        return
    delivered = _ask("messages", {"id": message})
    say(f"{delivered['sender']}: {' '.join(delivered['text'].split())}")


@app.command("say")
def say_in_own_words(
    text: Annotated[str, typer.Argument(help="What to say.")],
    to: Annotated[str, typer.Option(help="One person; nobody else can read it.")] = "",
) -> None:
    """Say something to the team in your own words, or to one person alone.

    Example: drill instruct say 'try the deploy log' --to Ada
    """
    _ask("say", {"text": text, "to": to})
    say(f"said to {to} alone" if to else "said to everybody")


@app.command()
def hint() -> None:
    """Give the team the next hint, which costs points.

    Example: drill instruct hint
    """
    given = _ask("hint")
    say(f"hint {given['number']} (-{given['cost_points']} points): {given['text']}")


@app.command("confirm-cause")
def confirm_cause(
    right: Annotated[bool, typer.Option("--right/--wrong", help="Whether it is right.")] = True,
    note: Annotated[str, typer.Option(help="Anything to add.")] = "",
    diagnosis: Annotated[
        int | None, typer.Option(help="Its event number; default: the newest.")
    ] = None,
) -> None:
    """Confirm or reject the diagnosed cause.

    A confirmed cause opens the AI gate for the fix.

    Example: drill instruct confirm-cause --right
    """
    _ask("confirm", {"right": right, "note": note, "diagnosis_seq": diagnosis})
    say("confirmed" if right else "not confirmed")


@app.command()
def judge(
    rubric_line: Annotated[str, typer.Argument(help="An id from `drill score --json`.")],
    points: Annotated[int, typer.Argument(help="Points to give.")],
    note: Annotated[str, typer.Option(help="Anything to add.")] = "",
) -> None:
    """Grade a line of the rubric.

    Example: drill instruct judge reflection_was_thorough 5
    """
    _ask("judge", {"line": rubric_line, "points": points, "note": note})
    say(f"{rubric_line}: {points}")


@app.command()
def reveal() -> None:
    """Reveal the answer to everybody, and open its seal.

    Example: drill instruct reveal
    """
    revealed = _ask("reveal")
    for one in revealed["answer"]:
        line(f"{one['title']}: {one['service']}, {one['mechanism']} ({one['locus']})")
    if not revealed["answer"]:
        line("nothing was wrong")
    say("the seal holds" if revealed["seal_holds"] else "THE SEAL DOES NOT HOLD")


@app.command()
def answer() -> None:
    """Show the answer and the hints, to you alone.

    Example: drill instruct answer
    """
    data(_client().get("/v1/answer"))


@app.command()
def score(as_json: AsJson = False) -> None:
    """Show the score so far, with what depends on the answer.

    Example: drill instruct score
    """
    answer = _client().get("/v1/score")
    if as_json:
        data(answer)
        return
    for text in answer["lines"]:
        line(text)


@app.command()
def halt() -> None:
    """End the drill at once.

    Example: drill instruct halt
    """
    stopping = _client().post("/v1/halt")
    say(f"{stopping['drill_id']} is stopping")


COMMANDS: Commands = {"Instruct": (("instruct", app),)}
