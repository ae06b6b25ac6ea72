"""`drill ai status, brief`: the way to a model, once people have found the cause."""

from __future__ import annotations

from typing import Any

import typer

from harness.cli.api_client import active_drill, profile_meant
from harness.cli.look import participant
from harness.cli.panels import Commands
from harness.terminal import AsJson, data, line

app = typer.Typer(
    help="Show the AI gate, and the brief that a model gets.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show whether the AI gate is open and why, its URLs and use.

    Example: drill ai status
    """
    answer = participant().get("/v1/ai")
    if as_json:
        data(answer)
        return
    line(f"the AI gate is {'open' if answer['open'] else 'closed'}: {answer['reason']}")
    if profile_meant() is not None:
        line("its URLs are those of the drill's machine alone")
    else:
        _say_exports(answer)
    line(
        f"{answer['refused']} refused, {answer['forwarded']} forwarded, {answer['cut']} cut; "
        f"tokens in {_count(answer['input_tokens'])}, out {_count(answer['output_tokens'])}"
    )
    for one in answer["newest"]:
        what = " ".join(filter(None, (one["vendor"], one["model"])))
        line(f"  {one['by']} {one['outcome']} {what}: {one['reason']}")


@app.command()
def brief(as_json: AsJson = False) -> None:
    """Show the brief that a model gets about the incident.

    Verified cause, evidence, guardrails. The header `X-Drill-Brief: 1` puts it before your own
    messages.

    Example: drill ai brief
    """
    answer = participant().get("/v1/ai/brief")
    if as_json:
        data(answer)
        return
    for text in answer["text"].splitlines():
        line(text)


def _say_exports(answer: dict[str, Any]) -> None:
    secrets = active_drill().run_dir / "secrets"
    for vendor in answer["vendors"]:
        name = vendor.upper()
        line(f"export {name}_BASE_URL={answer['base_urls'][vendor]}")
        line(f'export {name}_API_KEY="$(cat {secrets}/participant.token)"')


def _count(known: int | None) -> str:
    return "unknown" if known is None else f"{known:,}"


COMMANDS: Commands = {"Look": (("ai", app),)}
