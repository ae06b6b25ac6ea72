"""`drill agents bench`: scenarios x seeds x repeats x players, each try on a stack of its own.

All players have one scenario and seed before the next begins: whoever ends it early can compare
them. What was played is kept after every try, and is not played again: the same command goes
on where it stopped. A try in which others had the processor is played once more by itself.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from harness.agentbench.bench_page import render_page
from harness.agentbench.ceilings import too_good
from harness.agentbench.entrants import EXEC, Command, may_take_s, require_entrant, settings_of
from harness.agentbench.held_out import Offered, held_out_folder, offered
from harness.agentbench.pass_rates import bench_of
from harness.agentbench.tries import Bench, Effort, Try, read, to_json
from harness.agentbench.try_table import as_csv
from harness.catalog.reader import Catalog
from harness.errors import UnknownName
from harness.matrix.checkout import Checkout
from harness.matrix.row_stack import FIRST_OFFSET, Stack
from harness.paths import PRIVATE_UMASK, REPO, created_with
from harness.scoring.grades import Grades
from harness.terminal import say

RESULT, PAGE, TABLE = "agents.json", "agents.html", "agents.csv"
WORK, TRAJECTORIES = "work", "trajectories"
WORKER = "harness.agentbench.played_try"
ALL = "all"
TOOK_S = 100.0
"""What a try takes, by guess, until one has been played."""
_GRADES = TypeAdapter(Grades)


@dataclass(frozen=True)
class Asked:
    """What is to be played."""

    names: tuple[str, ...]
    """Scenarios, or `all`; what is held out is part of all of them."""
    players: tuple[str, ...]
    seeds: tuple[int, ...]
    repeats: int
    output: Path
    runtime: str = "local"
    port_offset: int = FIRST_OFFSET
    budget_s: float | None = None
    price: str | None = None
    """Of a model: dollars for a million tokens read and written, `3,15`."""
    command: Command | None = None
    """The program that `exec:NAME` is."""
    again: bool = True
    """Whether a try that others disturbed is played once more."""


@dataclass(frozen=True)
class Planned:
    """One try that is to be played."""

    player: str
    scenario: str
    seed: int
    repeat: int


async def bench_agents(asked: Asked) -> bool:
    """Play what is not played yet. True where no trivial player does better than it should.

    Raises UnknownName for a scenario or player that there is not.
    """
    folder = held_out_folder()
    asked = _with_all_hidden(asked, folder)
    for player in asked.players:
        require_entrant(player, asked.command)
    asked.output.mkdir(parents=True, exist_ok=True)
    with created_with(PRIVATE_UMASK), offered(folder) as there:
        run = _Tournament(asked, there)
        try:
            await run.play_all(list(planned(asked, there)))
        finally:
            bench = run.keep()
    return _report(asked, bench)


def _with_all_hidden(asked: Asked, folder: Path | None) -> Asked:
    """With a program from which results, drills and what is held out are hidden."""
    if asked.command is None:
        return asked
    hidden = [asked.output, *([folder] if folder else [])]
    command = replace(asked.command, hidden=tuple(map(str, hidden)))
    return replace(asked, command=command)


def planned(asked: Asked, there: Offered) -> Iterator[Planned]:
    """Every try that was asked for, in the order in which it is played. Raises UnknownName."""
    known = Catalog(there.root).scenario_ids()
    names = list(dict.fromkeys(asked.names))
    for name in names:
        if name not in (*known, ALL):
            own = [one for one in known if one not in there.labels]
            raise UnknownName("scenario", name, [ALL, *own])
    chosen = known if ALL in names else names
    for repeat in range(1, asked.repeats + 1):
        for seed in asked.seeds:
            for scenario in chosen:
                for player in asked.players:
                    yield Planned(player, scenario, seed, repeat)


class _Tournament:
    """The tries of one benchmark, one after the other."""

    def __init__(self, asked: Asked, there: Offered) -> None:
        self.asked, self.there = asked, there
        self.began = time.monotonic()
        self.commit = Checkout(REPO).clean_head()
        kept = asked.output / RESULT
        self.tries = {one.key: one for one in (read(kept).tries if kept.exists() else ())}

    async def play_all(self, waiting: Sequence[Planned]) -> None:
        """Play what is not there yet, as far as there is time."""
        todo = [one for one in waiting if not self._is_played(one)]
        say(f"{len(waiting)} tries, {len(waiting) - len(todo)} of them played before")
        for number, one in enumerate(todo, 1):
            if not self._fits():
                say(f"{len(todo) - number + 1} tries are left for the next run of this command")
                return
            shown = f"{one.player}, {self.there.label_of(one.scenario)}, seed {one.seed}"
            say(f"[{number}/{len(todo)}] {shown}")
            found = await self._play(one)
            if self.asked.again and found.machine_busy_s and self._fits():
                say(f"others had the processor for {found.machine_busy_s:.0f} s; once more")
                found = await self._play(one)
            self.tries[found.key] = found
            say(f"[{number}/{len(todo)}] {shown}: {_verdict(found)}")
            self.keep()

    def keep(self) -> Bench:
        """Write what there is by now."""
        bench = bench_of(list(self.tries.values()), self.asked.runtime)
        for name, text in (
            (RESULT, to_json(bench)),
            (PAGE, render_page(bench)),
            (TABLE, as_csv(bench)),
        ):
            new = self.asked.output / f"{name}.new"
            new.write_text(text, encoding="utf-8")
            new.replace(self.asked.output / name)
        return bench

    def _is_played(self, one: Planned) -> bool:
        key = one.player, self.there.label_of(one.scenario), one.seed, one.repeat
        return key in self.tries and self.tries[key].status == "played"

    def _fits(self) -> bool:
        took = max((one.took_s for one in self.tries.values()), default=TOOK_S)
        budget_s = self.asked.budget_s
        return budget_s is None or time.monotonic() - self.began + took <= budget_s

    async def _play(self, one: Planned) -> Try:
        held_out, price = one.scenario in self.there.labels, self.asked.price
        command = self.asked.command if one.player.startswith(EXEC) else None
        work = self.asked.output / WORK / f"{as_file(one.player)}-{one.repeat}"
        work.mkdir(parents=True, exist_ok=True)
        stack = Stack(
            one.scenario,
            one.seed,
            self.asked.runtime,
            one.player,
            work,
            self.asked.port_offset,
            worker=WORKER,
            repo=self.there.root,
            told=(
                *("--repo", str(self.there.root), *(("--price", price) if price else ())),
                *(("--command", command.to_json()) if command else ()),
            ),
            settings=settings_of(one.player, command),
            longer_s=may_take_s(one.player, command),
        )
        row = await stack.run(0)
        if not held_out and row.get("trajectory"):
            self._keep_trajectory(one, Path(row["trajectory"]))
        if held_out:
            # Its name stands in there.
            await asyncio.to_thread(shutil.rmtree, work / stack.name, ignore_errors=True)
            (work / f"{stack.name}.json").unlink(missing_ok=True)
        return self._as_try(one, row, held_out=held_out)

    def _keep_trajectory(self, one: Planned, path: Path) -> None:
        folder = self.asked.output / TRAJECTORIES
        folder.mkdir(exist_ok=True)
        name = f"{one.scenario}-{one.seed}-{one.repeat}-{as_file(one.player)}.json"
        shutil.copyfile(path, folder / name)

    def _as_try(self, one: Planned, row: dict[str, Any], *, held_out: bool) -> Try:
        has_grades = "grades" in row
        reasons = [row.get("why", ""), *row["shortfalls"]]
        return Try(
            player=one.player,
            scenario=self.there.label_of(one.scenario),
            seed=one.seed,
            repeat=one.repeat,
            held_out=held_out,
            faults=row["faults"],
            status="played" if has_grades else "infrastructure",
            why="" if has_grades or held_out else "; ".join(filter(None, reasons)),
            grades=_GRADES.validate_python(row["grades"]) if has_grades else None,
            effort=Effort(**row.get("effort", {})),
            commit=self.commit,
            took_s=row["took_s"],
            machine_busy_s=row.get("machine_busy_s", 0.0),
        )


def as_file(player: str) -> str:
    """A player's name as part of a file's."""
    return re.sub(r"[^\w.-]+", "_", player)


def _verdict(one: Try) -> str:
    if one.grades is None:
        return f"not counted: {one.why or 'infrastructure'}"
    given = one.grades
    words = {
        "detected": given.detected,
        "source named": given.source_named,
        "grounded": given.grounded,
        "healed without harm": given.healed,
    }
    told = ", ".join(
        f"{name} {'-' if good is None else 'yes' if good else 'no'}" for name, good in words.items()
    )
    return f"{'PASSED' if given.passed else 'not passed'} ({told})"


def _report(asked: Asked, bench: Bench) -> bool:
    """Say what came of it; True where it holds."""
    for one in bench.players:
        share = one.pass_at_1
        say(
            f"{one.player}: {share.good:g} of {share.of} passed"
            f" ({share.low:.0%} to {share.high:.0%}), {one.infrastructure} not counted"
        )
    found = too_good(bench.tries)
    for text in found:
        say(f"too good: {text}")
    say(f"{len(bench.tries)} tries; {asked.output / PAGE}")
    return not found
