"""The flags by which an act says what is expected of it, and questions where they are missing."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from harness.cli.look import participant

Expect = Annotated[
    str, typer.Option("--expect", help="Expected effect; the drill measures 'errors < 5%'.")
]
Within = Annotated[float, typer.Option("--within", help="Seconds on the agenda's clock.")]
Probability = Annotated[
    int | None, typer.Option("--probability", help="That it happens, in percent.")
]
IfWorse = Annotated[str, typer.Option("--if-worse", help="Your plan if it gets worse.")]
NoPlan = Annotated[bool, typer.Option("--no-plan", help="Act without a plan.")]


def planned(
    act: str,
    expect: str,
    within: float,
    probability: int | None,
    if_worse: str,
    no_plan: bool = False,
) -> dict[str, Any]:
    """The plan's fields of a request; in a terminal, asks for what the exercise wants to know."""
    if not (expect or no_plan or act == "restart") and sys.stdin.isatty() and _is_asked_for():
        expect = typer.prompt(f"What do you expect of this {act} (such as: errors < 5%)", err=True)
        within = typer.prompt("Within how many seconds", default=within, err=True)
        probability = typer.prompt("How sure are you, in percent", type=int, err=True)
        if_worse = typer.prompt("And if it makes things worse", err=True)
    fields = {"expect": expect, "probability": probability, "if_worse": if_worse}
    given: dict[str, Any] = {
        name: value for name, value in fields.items() if value not in ("", None)
    }
    if given:
        given["within_s"] = within
    return {**given, "no_plan": True} if no_plan else given


def _is_asked_for() -> bool:
    return bool(participant().get("/v1/exercise")["asks_for_plan"])
