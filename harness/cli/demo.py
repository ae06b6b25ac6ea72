"""`drill demo`: a drill that is played unattended, by whoever is named."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli import agent_flags
from harness.cli.host import (
    Keep,
    LoadWorkers,
    PortOffset,
    Runtime,
    Scale,
    ScenarioName,
    Seed,
    settings_of,
)
from harness.cli.panels import Commands
from harness.errors import UnknownName, UsageError
from harness.terminal import say

if TYPE_CHECKING:
    from harness.settings import HostSettings

PLAYERS = ("responder", "reference")
"""Those that play well; the others are the policies of `trivial_players`."""
PACE = {"trigger_delay_min_s": 2, "trigger_delay_max_s": 5, "deploy_pace_s": 1}


def demo(
    scenario: ScenarioName = "deadlock",
    command: agent_flags.Command = None,
    runtime: Runtime = "local",
    seed: Seed = None,
    scale: Scale = 1,
    load_workers: LoadWorkers = 1,
    port_offset: PortOffset = None,
    player: Annotated[
        str,
        typer.Option(
            help="`responder` sees what you would see; `reference` knows the answer; who hardly"
            " looks: `latest-deploy`, `first-alert`, `nothing`, `restart-all`, `rollback-all`;"
            " `model` is a model of your own, `exec` a program (docs/agents.md)."
        ),
    ] = "responder",
    model: agent_flags.Model = None,
    dialect: agent_flags.Dialect = None,
    stream: agent_flags.Stream = True,
    turns: agent_flags.Turns = 100,
    calls: agent_flags.Calls = 500,
    tokens: agent_flags.Tokens = 2_000_000,
    usd: agent_flags.Usd = None,
    price: agent_flags.Prices = None,
    play_minutes: agent_flags.PlayMinutes = 15.0,
    show: agent_flags.Shown = None,
    reach: agent_flags.Reach = None,
    passed: agent_flags.Passed = None,
    keep: Keep = True,
) -> None:
    """Run a drill unattended, from page to verified fix.

    Exit 0 only when every step worked.

    Example: drill demo deadlock
    """
    limits = agent_flags.Limits(turns, calls, tokens, usd, price, play_minutes)
    asked = agent_flags.Asked(model, dialect, stream, command, show, reach, passed)
    played = _player(player, asked, limits)
    settings = settings_of(
        scenario,
        runtime=runtime,
        seed=seed,
        scale=scale,
        load_workers=load_workers,
        port_offset=port_offset,
        keep=keep,
        **PACE,
    )
    _play(settings, played)


def _play(settings: HostSettings, played: Any) -> None:
    """Host the drill for whoever plays it, and say what came of it."""
    from harness.cli.par import show_card
    from harness.host.lifecycle import host

    outcome = asyncio.run(host(settings, player=played.play))
    show_card(outcome)
    if outcome.error is not None:
        raise outcome.error
    for text in played.shortfalls:
        say(f"not achieved: {text}")
    if played.shortfalls or not played.complete:
        raise typer.Exit(1)
    say(f"{played.summary}; nothing is left behind")


def _player(player: str, asked: agent_flags.Asked, limits: agent_flags.Limits) -> Any:
    """Whoever plays. Raises UnknownName, UsageError, EnvironmentMissing."""
    from harness.players.trivial_players import POLICIES

    if player not in (known := [*PLAYERS, *agent_flags.AGENTS, *POLICIES]):
        raise UnknownName("player", player, known)
    if asked.command and player != "exec":
        raise UsageError("only --player exec plays by a command", "--player exec -- COMMAND")
    if player == "model":
        return agent_flags.model_play(say, asked, limits)
    if player == "exec":
        return agent_flags.exec_play(say, asked, limits)
    return _known_player(player)


def _known_player(player: str) -> Any:
    """Whoever plays by what is written here."""
    from harness.players.reference_player import Rehearsal
    from harness.players.responder_player import Unattended
    from harness.players.trivial_players import POLICIES, Trivial

    if player in POLICIES:
        return Trivial(player, say)
    return Unattended(say=say) if player == "responder" else Rehearsal(say=say)


COMMANDS: Commands = {"Start": (demo,)}
