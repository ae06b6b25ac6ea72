"""`drill smoke`: the matrix, each scenario on a stack of its own.

Stacks run side by side as separate processes with their own home, ports and databases. What fell
short beside others, or while others had the processor, runs once more by itself, since neighbours
blur latencies: only alone does it count against a scenario. The matrix says which rows were
repeated, and why. Of the responder's rows each that others disturbed is repeated, however it went:
its figures are shares, which a second chance for failures alone would embellish.
Containers run one stack at a time, and their matrix is held against the local one, cell by cell.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

from harness.catalog.reader import Catalog
from harness.errors import UnknownName, UsageError
from harness.host.runtimes import DEFAULT_RUNTIME, runtime_named
from harness.matrix.campaign import Campaign, Row
from harness.matrix.checkout import Checkout
from harness.matrix.compare import disagreements
from harness.matrix.merging import merged
from harness.matrix.report import figure_cells, short
from harness.matrix.results import HELD, MATRIX, PAGE, Kept, write_matrix
from harness.matrix.row_stack import Stack
from harness.matrix.schedule import Scheduled, in_order, read_held, shuffled
from harness.paths import REPO
from harness.runtime.programs.promql import syntax_errors
from harness.terminal import line, say, table

SMOKE = REPO / "var" / "smoke"
ALL = "all"
PLAYERS = ("reference", "responder")
CORES_PER_STACK = 2
"""A healthy one keeps half a core busy; what breaks it, and proves it healed, wants the rest."""


def output_of(runtime: str, player: str = "reference") -> Path:
    """Where a matrix goes unless one says otherwise."""
    folder = SMOKE if runtime == DEFAULT_RUNTIME else SMOKE / runtime
    return folder if player == "reference" else folder / player


def jobs_of(runtime: str, asked: int | None) -> int:
    """How many stacks run side by side. Raises UsageError, UnknownName."""
    stacks_max = runtime_named(runtime).stacks_max
    if stacks_max is None:
        return asked or max(1, len(os.sched_getaffinity(0)) // CORES_PER_STACK)
    if asked is not None and asked > stacks_max:
        most = "one stack" if stacks_max == 1 else f"at most {stacks_max} stacks"
        raise UsageError(f"{runtime} runs {most} at a time", "omit --jobs")
    return asked or stacks_max


def rows_of(catalog: Catalog, names: Sequence[str]) -> list[str]:
    """The scenarios that the names stand for, each once. Raises UnknownName."""
    return list(dict.fromkeys(one for name in names for one in _named(catalog, name)))


def _named(catalog: Catalog, name: str) -> list[str]:
    """One scenario, those of a family, or all."""
    known = catalog.scenario_ids()
    if name == ALL:
        return known
    if name in catalog.family_ids():
        return list(catalog.family(name).one_of)
    if name not in known:
        raise UnknownName("scenario", name, [ALL, *catalog.drill_names()])
    return [name]


async def smoke(campaign: Campaign) -> bool:
    """Run the matrix (or a part of it); True where all holds.

    matrix.json and matrix.html are written after every row: whoever ends it keeps what it found.
    """
    runtime_named(campaign.runtime)
    if campaign.player not in PLAYERS:
        raise UnknownName("player", campaign.player, PLAYERS)
    catalog, checkout = Catalog(REPO), Checkout(REPO)
    await asyncio.to_thread(catalog.check, syntax_errors)
    chosen = rows_of(catalog, campaign.names)
    campaign.output.mkdir(parents=True, exist_ok=True)
    held, commit = read_held(campaign.output / HELD), checkout.clean_head()
    scheduled = in_order(catalog, shuffled(chosen, commit), held, checkout.changed_since)
    if campaign.budget_s is None:
        # The long ones first, so that no lane ends with one of them on its own.
        scheduled.sort(key=lambda one: len(catalog.scenario(one.scenario).faults), reverse=True)
    whole = [(name, seed) for seed in campaign.seeds for name in chosen]
    run = _Run(campaign, Kept(campaign, whole, commit, held))
    mine = set(campaign.shard.share(whole) if campaign.shard else whole)
    try:
        await run.run_all(scheduled, mine)
    except asyncio.CancelledError:
        say(f"ended early: {len(run.rows)} rows are in {campaign.output / PAGE}")
        raise
    return _report_outcome(campaign, run.keep())


class _Run:
    """The rows of a campaign, as many at a time as it has jobs for."""

    def __init__(self, campaign: Campaign, kept: Kept) -> None:
        self.campaign, self.kept = campaign, kept
        self.began = time.monotonic()
        self.rows: dict[tuple[str, int], Row] = {}
        self.planned: list[tuple[str, int]] = []
        self.left_out: list[Row] = []

    async def run_all(
        self, scheduled: Sequence[Scheduled], mine: Container[tuple[str, int]]
    ) -> None:
        """Every row of `mine` that there is time for. Raises UsageError where there is time for
        none, or nothing to do."""
        every = ((one, seed) for seed in self.campaign.seeds for one in scheduled)
        waiting = [(one, seed) for one, seed in every if (one.scenario, seed) in mine]
        if not waiting:
            raise UsageError("this part has no rows", "ask for fewer parts")
        self.planned = [(one.scenario, seed) for one, seed in waiting]

        async def lane(slot: int) -> None:
            while waiting:
                one, seed = waiting.pop(0)
                if self._fits(one.took_s):
                    self.rows[one.scenario, seed] = await self._stack(one.scenario, seed).run(slot)
                    self.keep()
                else:
                    self._leave_out(one, seed)

        await asyncio.gather(*map(lane, range(self.campaign.jobs)))
        if not self.rows:
            quickest = min(one.took_s for one in scheduled)
            raise UsageError(
                "the time limit is too short for any scenario",
                f"the fastest takes {quickest:.0f} s",
            )
        await self._repeat()

    def keep(self) -> dict[str, Any]:
        """Write what there is by now, in the order of names and seeds."""
        out = {(one["scenario"], one["seed"]) for one in self.left_out}
        missing = [key for key in self.planned if key not in self.rows and key not in out]
        return self.kept.write(
            [self.rows[key] for key in sorted(self.rows)],
            self.left_out,
            [{"scenario": name, "seed": seed} for name, seed in missing],
            time.monotonic() - self.began,
        )

    async def _repeat(self) -> None:
        had_neighbours = self.campaign.jobs > 1 and len(self.rows) > 1
        for (name, seed), row in list(self.rows.items()):
            why = why_again(row, self.campaign.player, had_neighbours=had_neighbours)
            if why and self._fits(row["took_s"]):
                say(f"[{name}-{seed}] {why}; retrying alone")
                again = await self._stack(name, seed).run(0)
                since = row["shortfalls"] or [why]
                self.rows[name, seed] = again | {"repeated_since": since}
                self.keep()

    def _stack(self, name: str, seed: int) -> Stack:
        asked = self.campaign
        return Stack(name, seed, asked.runtime, asked.player, asked.output, asked.port_offset)

    def _fits(self, took_s: float) -> bool:
        budget_s = self.campaign.budget_s
        return budget_s is None or time.monotonic() - self.began + took_s <= budget_s

    def _leave_out(self, one: Scheduled, seed: int) -> None:
        self.left_out.append({"scenario": one.scenario, "seed": seed, "why": one.why})


def why_again(row: Row, player: str, *, had_neighbours: bool) -> str:
    """Why a row is to run once more, by itself; empty where it stands as it is."""
    busy_s = row.get("machine_busy_s", 0.0)
    if player == "reference" and not row["shortfalls"]:
        return ""
    if busy_s:
        return f"others had the processor for {busy_s:.0f} s"
    return "failed in parallel" if player == "reference" and had_neighbours else ""


def merge(folders: Sequence[Path], output: Path) -> bool:
    """Put the parts of a matrix together, and report it; True where all holds. Raises what
    `merged` raises."""
    matrix = merged(folders)
    output.mkdir(parents=True, exist_ok=True)
    write_matrix(output, matrix, read_held(output / HELD))
    campaign = Campaign(names=(), output=output, runtime=matrix["runtime"], player=matrix["player"])
    return _report_outcome(campaign, matrix)


def _report_outcome(campaign: Campaign, matrix: dict[str, Any]) -> bool:
    """Say what came of it; True where it holds."""
    rows, cells = matrix["rows"], [short(row, campaign.player) for row in matrix["rows"]]
    for text in (*table(cells, list(cells[0])), ""):
        line(text)
    shares = [figure_cells(one) for one in matrix["figures"]]
    for text in table(shares, list(shares[0])):
        line(text)
    for why in sorted({one["why"] for one in matrix["left_out"]}):
        names = [
            f"{one['scenario']}-{one['seed']}" for one in matrix["left_out"] if one["why"] == why
        ]
        say(f"skipped for lack of time ({why}): {', '.join(names)}")
    for row in rows:
        for what in row["shortfalls"]:
            say(f"{row['scenario']}, seed {row['seed']}: {what}")
    if campaign.player == "responder":
        good = all(one["holds"] for one in matrix["figures"])
    else:
        good = all(not row["shortfalls"] for row in rows)
        good = (campaign.runtime == DEFAULT_RUNTIME or _agrees_with_default(matrix)) and good
    verdict = "all hold" if good else "NOT all hold"
    say(f"{len(rows)} rows in {matrix['took_s']:.0f} s: {verdict}; {campaign.output / PAGE}")
    return good


def _agrees_with_default(matrix: dict[str, Any]) -> bool:
    """Say where the default runtime's matrix says otherwise; True where there is none."""
    try:
        other = json.loads((output_of(DEFAULT_RUNTIME) / MATRIX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        say("not compared with the local runtime: run `drill smoke` first")
        return True
    found = disagreements(matrix, other)
    for text in found:
        say(f"differs: {text}")
    if not found:
        say(f"all cells of {len(matrix['rows'])} rows match the local runtime")
    return not found
