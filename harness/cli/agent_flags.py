"""The flags that say which agent plays a drill, and what it may use up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.players.agent_play import AgentPlay

AGENTS = ("model", "exec")
"""Players that are agents."""
PANEL = "Agents (--player model, exec)"

Model = Annotated[
    str | None,
    typer.Option("--model", help="The model, as its provider calls it.", rich_help_panel=PANEL),
]
Dialect = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        help="`openai` or `anthropic`; default: whose address or key is set.",
        rich_help_panel=PANEL,
    ),
]
Stream = Annotated[bool, typer.Option(help="Ask for answers as streams.", rich_help_panel=PANEL)]
Turns = Annotated[
    int, typer.Option("--turns", help="Answers of the model, at most.", rich_help_panel=PANEL)
]
Calls = Annotated[
    int, typer.Option("--calls", help="Calls of tools, at most.", rich_help_panel=PANEL)
]
Tokens = Annotated[
    int, typer.Option("--tokens", help="Read and written, at most.", rich_help_panel=PANEL)
]
Usd = Annotated[
    float | None,
    typer.Option("--usd", help="Dollars, at most; needs --price.", rich_help_panel=PANEL),
]
Prices = Annotated[
    str | None,
    typer.Option(
        "--price", help="Dollars for a million tokens read, written: 3,15.", rich_help_panel=PANEL
    ),
]
PlayMinutes = Annotated[
    float,
    typer.Option("--play-minutes", help="Minutes from the page, at most.", rich_help_panel=PANEL),
]


Shown = Annotated[
    list[Path] | None,
    typer.Option(
        "--show",
        help="exec: a folder that the program may read, such as its own.",
        rich_help_panel=PANEL,
    ),
]
Reach = Annotated[
    list[str] | None,
    typer.Option(
        "--reach", help="exec: host:port beside the model's address.", rich_help_panel=PANEL
    ),
]
Passed = Annotated[
    list[str] | None,
    typer.Option(
        "--pass",
        help="exec: a variable that it gets, beside OPENAI_* and ANTHROPIC_*.",
        rich_help_panel=PANEL,
    ),
]
Command = Annotated[
    list[str] | None, typer.Argument(help="exec: after `--`, the program that plays.")
]


@dataclass(frozen=True)
class Limits:
    """What was given of budgets."""

    turns: int
    calls: int
    tokens: int
    usd: float | None
    price: str | None
    minutes: float


@dataclass(frozen=True)
class Asked:
    """What was given of the agent itself."""

    model: str | None
    dialect: str | None
    is_streamed: bool
    command: list[str] | None
    show: list[Path] | None
    reach: list[str] | None
    passed: list[str] | None


def exec_play(say: Callable[[str], None], asked: Asked, limits: Limits) -> AgentPlay:
    """The player of `--player exec`. Raises UsageError."""
    from harness.players.exec_play import ExecPlay, Program, model_places

    program = Program(
        tuple(asked.command or ()),
        limits.minutes * 60,
        shown=tuple(asked.show or ()),
        reached=model_places(asked.reach or ()),
        passed=tuple(asked.passed or ()),
    )
    return ExecPlay(program, say)


def model_play(say: Callable[[str], None], asked: Asked, limits: Limits) -> AgentPlay:
    """The player of `--player model`. Raises UsageError, EnvironmentMissing."""
    from harness.agents.budgets import Budget, Price
    from harness.agents.model_endpoint import endpoint
    from harness.players.agent_play import ModelPlay

    if asked.model is None:
        raise UsageError("which model plays?", "--model NAME, as its provider calls it")
    if limits.usd is not None and limits.price is None:
        raise UsageError("a budget of money needs a price", "--price 3,15")
    price = Price.read(limits.price) if limits.price is not None else None
    budget = Budget(
        limits.turns, limits.calls, limits.tokens, time_s=limits.minutes * 60, usd=limits.usd
    )
    found = endpoint(asked.model, asked.dialect, is_streamed=asked.is_streamed)
    return ModelPlay(found, budget, price, say)
