"""`drill par`: a scenario played by the responder and in three bad ways, on the same seed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.panels import Commands
from harness.errors import DrillError, UnknownName, UsageError
from harness.paths import catalog_dir, home_dir
from harness.scoring.baseline_table import THIS_DRILL, Par, Round, par_lines, round_of
from harness.terminal import line, say

if TYPE_CHECKING:
    from harness.host.lifecycle import Outcome, Player
    from harness.settings import HostSettings

RESPONDER = "responder"
FOLDER = "par"


def par(
    scenario: Annotated[str, typer.Argument(help="A scenario that has a fault.")],
    seed: Annotated[int, typer.Option(help="The same seed draws the same history and order.")] = 1,
    port_offset: Annotated[
        int | None, typer.Option(help="Added to every port; default 10000.")
    ] = None,
) -> None:
    """Measure par: how the responder and three bad players do.

    The bad ones do nothing, restart blindly, or roll back the wrong release. The figures are kept,
    and shown at the end of every drill of this scenario.

    Example: drill par deadlock --seed 7
    """
    from harness.catalog.reader import Catalog
    from harness.players.baselines import WATCHED_S
    from harness.runtime.programs.promql import syntax_errors
    from harness.settings import HostSettings

    catalog = Catalog(catalog_dir())
    known = [one.id for one in catalog.scenarios() if one.faults]
    if scenario not in known:
        raise UnknownName("scenario with a fault", scenario, known)
    catalog.check(syntax_errors)
    given = {} if port_offset is None else {"port_offset": port_offset}
    settings = HostSettings(
        home=home_dir() / FOLDER,  # these drills are not the team's: its history stays its own
        scenario=scenario,
        seed=seed,
        trigger_delay_min_s=2,
        trigger_delay_max_s=5,
        deploy_pace_s=1,
        **given,  # type: ignore[arg-type]
    )
    rounds = tuple(asyncio.run(_rounds(settings)))
    found = Par(scenario, seed, WATCHED_S, rounds)
    _write(found)
    for text in par_lines(found):
        line(text)


def show_card(outcome: Outcome) -> None:
    """The scorecard with everything revealed, and par beside it where it was played."""
    if outcome.card is not None:
        for text in (*outcome.card.render_lines(), *par_beside(outcome)):
            line(text)


def par_beside(outcome: Outcome) -> list[str]:
    """The lines of par for a drill that has ended, where par was played: of the same seed rather
    than of another. Empty where it was not, or where nothing was wrong."""
    if outcome.card is None or not outcome.card.root_causes:
        return []
    folder = home_dir() / FOLDER
    same_seed = folder / f"{outcome.scenario}-{outcome.seed}.json"
    for path in (same_seed, *sorted(folder.glob(f"{outcome.scenario}-*.json"))):
        found = _read(path)
        if found is not None and found.scenario == outcome.scenario:
            return ["", *par_lines(found, round_of(THIS_DRILL, outcome.card.kpis))]
    return []


def par_times(home: Path) -> dict[str, float]:
    """Seconds in which the responder stopped the harm, by scenario; the longest of its seeds."""
    times: dict[str, float] = {}
    for path in sorted((home / FOLDER).glob("*.json")):
        found = _read(path)
        for one in found.rounds if found else ():
            if found and one.play == RESPONDER and one.ttm_ms is not None:
                times[found.scenario] = max(times.get(found.scenario, 0), one.ttm_ms / 1000)
    return times


async def _rounds(settings: HostSettings) -> list[Round]:
    """One drill after another, each to its end. Raises what ended one before."""
    from harness.host.lifecycle import host

    rounds = []
    for name, player in _players():
        say(f"{name}: {settings.scenario}, seed {settings.seed}")
        outcome = await host(settings, player=player, quiet=True)
        if outcome.error is not None:
            raise outcome.error
        if outcome.card is None or outcome.reason != "played to its end":
            raise DrillError(f"'{name}' was not played to its end: {outcome.reason}")
        rounds.append(round_of(name, outcome.card.kpis))
    return rounds


def _players() -> Iterator[tuple[str, Player]]:
    from harness.drill.session import Session
    from harness.players import baselines as bad
    from harness.players.responder_player import Unattended

    yield RESPONDER, Unattended(say).play
    for name, act in bad.PLAYS.items():

        async def player(session: Session, act: bad.Act | None = act) -> None:
            await bad.play(session, act, say)

        yield name, player


def _write(found: Par) -> None:
    folder = home_dir() / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{found.scenario}-{found.seed}.json"
        path.write_text(json.dumps(asdict(found), indent=2), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"par could not be kept: {error}") from error


def _read(path: Path) -> Par | None:
    """What was kept; None for what is not there or cannot be read any more."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        rounds = tuple(Round(**one) for one in data.pop("rounds"))
        return Par(**data, rounds=rounds)
    except (OSError, ValueError, TypeError, KeyError):
        return None


COMMANDS: Commands = {"Machine": (par,)}
