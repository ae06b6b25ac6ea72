"""Par: what a drill costs played otherwise, to hold a team's figures against. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.currency import euros
from harness.scoring.kpi import Kpis
from harness.scoring.times import NO_DATA, clock

THIS_DRILL = "this drill"
NEVER = "never"
COLUMNS = (
    "",
    "TTM, from the page",
    "users affected, from the fault",
    "revenue lost, from the fault",
)


@dataclass(frozen=True)
class Round:
    """One way of playing a drill, and what came of it."""

    play: str
    ttm_ms: int | None
    """On the wall's clock, since others play without an agenda; None: not while it was watched."""
    users_affected: int | None
    revenue_lost: float | None
    """In the shop's currency."""


@dataclass(frozen=True)
class Par:
    """All rounds of one scenario on one seed, each watched for at most `watched_s` after the page
    (the responder for as long as it took)."""

    scenario: str
    seed: int
    watched_s: float
    rounds: tuple[Round, ...]


def round_of(play: str, kpis: Kpis) -> Round:
    """The figures of a drill as a round."""
    ttm = kpis.times.ttm
    return Round(play, ttm.wall_ms if ttm else None, kpis.users_affected, kpis.revenue_lost)


def par_lines(par: Par, own: Round | None = None) -> list[str]:
    """Par as an aligned table, with a drill's own figures above where they are given."""
    rounds = par.rounds if own is None else (own, *par.rounds)
    rows = [COLUMNS, *(_cells(one) for one in rounds)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    title = f"par for {par.scenario}, seed {par.seed}, watched for {par.watched_s:g} s"
    return [title, *(f"  {_aligned(row, widths)}" for row in rows)]


def _cells(one: Round) -> tuple[str, ...]:
    return (
        one.play,
        NEVER if one.ttm_ms is None else clock(one.ttm_ms),
        NO_DATA if one.users_affected is None else f"{one.users_affected:,}",
        NO_DATA if one.revenue_lost is None else euros(one.revenue_lost),
    )


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join([first, *others]).rstrip()
