"""Drawing a drill: which scenario it is, what is in it, and how it begins to be recorded."""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.forms import in_drawn_form
from harness.drill.lifecycle.resume import LeftOff
from harness.drill.lifecycle.seal import sealed
from harness.drill.spec import DrillSpec, Pace, Places
from harness.exercise.agenda import Agenda
from harness.exercise.agenda_files import load_agenda, read_agenda
from harness.exercise.guards import BoundGuard
from harness.model import Scenario
from harness.ports import StackPorts
from harness.record.events import AnswerSealed, DrillCreated
from harness.record.store import Record
from harness.scoring.lure import lure
from harness.settings import HostSettings

HIDDEN_SCENARIOS = frozenset({"healthy", "decoys-only"})
"""What `random` does not pick: a drill in which nothing happens."""
ID_BYTES = 4
SEED_BITS = 53
"""Of a seed that nobody gave: too many to try each, by what the repository and the shop's data show
of it, and a number that every reader of JSON has exactly."""
RANDOM = "random"
OWN_AGENDA = ".toml"
"""How the name of an agenda ends that is an author's own file."""


def draw(
    catalog: Catalog,
    settings: HostSettings,
    had: Collection[str] = (),
    *,
    guards: tuple[BoundGuard, ...] = (),
    left_off: LeftOff | None = None,
    ai_vendors: frozenset[str] = frozenset(),
    attended: bool = False,
) -> DrillSpec:
    """Choose everything. `had` are the scenarios that the team has had: without a seed, `random`
    and families avoid them as long as there are others.

    Where people take part (`attended`) and are not to know the scenario, a seed that was given
    draws that alone: seeds that people think of can all be tried. `guards`, `left_off` and
    `ai_vendors` are what earlier drills and the host's environment add.
    Raises what catalog and agenda object to.
    """
    fresh = secrets.randbelow(2**SEED_BITS)
    given = fresh if settings.seed is None else settings.seed
    scenario = choose(catalog, settings.scenario, given, had if settings.seed is None else ())
    is_named = settings.scenario == scenario.id
    seed = given if is_named or not attended else fresh
    known = tuple(catalog.fault(name) for name in scenario.faults)
    scenario, faults = in_drawn_form(scenario, known, seed)
    runs = settings.home / "runs"
    drill_id, topology = fresh_id(runs), catalog.topology()
    told = lure(seed, [one.name for one in topology])
    channel = settings.slack_webhook_url
    return DrillSpec(
        drill_id=drill_id,
        run_dir=runs / drill_id,
        seed=seed,
        scenario=scenario,
        faults=faults,
        decoys=tuple(catalog.decoy(name) for name in scenario.decoys),
        topology=topology,
        agenda=agenda_named(settings.agenda or scenario.agenda),
        seal=sealed(scenario, seed, faults, told),
        lure=told,
        pace=pace(settings, seed),
        places=Places.of(StackPorts.of(topology, settings.port_offset)),
        runtime=settings.runtime,
        port_offset=settings.port_offset,
        capacity_units=settings.scale,
        speed=settings.speed,
        load_workers=settings.load_workers,
        trace_ratio=settings.trace_ratio,
        people_known=settings.people_known,
        channel_url=channel.get_secret_value() if channel else "",
        left_off=left_off,
        guards=guards,
        is_kept=settings.keep,
        ai_vendors=ai_vendors,
    )


def fresh_id(runs: Path) -> str:
    """An id that no drill under `runs` has, which belong to us alone; the engine, the cache and
    CI see those of other homes beside it, from which its length tells it apart."""
    while (runs / (drawn := f"d-{secrets.token_hex(ID_BYTES)}")).exists():
        pass
    return drawn


def choose(catalog: Catalog, name: str, seed: int, had: Collection[str] = ()) -> Scenario:
    """The scenario called `name`; of a family, and with `random`, one that the team has not had.

    A family's agenda is that of each drill of it. Raises UnknownName, BadFile.
    """
    if name == RANDOM:
        names = sorted(set(catalog.scenario_ids()) - HIDDEN_SCENARIOS)
        return catalog.scenario(_one_of(names, seed, had))
    if name in catalog.family_ids():
        family = catalog.family(name)
        drawn = catalog.scenario(_one_of(family.one_of, seed, had))
        return replace(drawn, agenda=family.agenda)
    return catalog.scenario(name)


def _one_of(names: Sequence[str], seed: int, had: Collection[str]) -> str:
    fresh = [one for one in names if one not in had] or names
    return random.Random(seed).choice(fresh)  # noqa: S311  a draw, not a secret


def agenda_named(name: str) -> Agenda:
    """One of ours, or the one in a file that an author names by its path."""
    return read_agenda(Path(name)) if name.endswith(OWN_AGENDA) else load_agenda(name)


def begin_record(path: Path, spec: DrillSpec, *, mode: str) -> Record:
    """A new record with the intent and the commitment to the answer as its first events."""
    record = Record(path, spec.drill_id)
    record.append(
        DrillCreated(
            scenario=spec.scenario.id,
            seed=spec.seed,
            runtime=spec.runtime,
            mode=mode,
            agenda=spec.agenda.id,
            versions={entry.name: entry.version for entry in spec.topology},
        ),
        actor="harness",
    )
    if spec.seal is not None:
        record.append(AnswerSealed(spec.seal.commitment), actor="harness")
    return record


def pace(settings: HostSettings, seed: int) -> Pace:
    """How quickly things happen: waits belong to the exercise, so its speed shortens them."""
    rng = random.Random(f"pace {seed}")  # noqa: S311  a draw, not a secret
    delay_s = rng.uniform(settings.trigger_delay_min_s, settings.trigger_delay_max_s)
    return Pace(
        trigger_delay_s=delay_s / settings.speed,
        deploy_s=settings.deploy_pace_s / settings.speed,
        decoy_gap_s=min(4.0, settings.trigger_delay_max_s) / settings.speed,
    )
