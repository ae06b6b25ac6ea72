"""Drawing a drill: which scenario it is, what is in it, and how it begins to be recorded."""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.seal import Seal, sealed
from harness.drill.session import Pace
from harness.exercise.agenda import Agenda
from harness.exercise.agenda_files import load_agenda, read_agenda
from harness.model import Decoy, Fault, Scenario, ServiceEntry
from harness.record.events import AnswerSealed, DrillCreated
from harness.record.store import Record
from harness.settings import HostSettings

HIDDEN_SCENARIOS = frozenset({"healthy", "decoys-only"})
"""What `random` does not pick: a drill in which nothing happens."""
RANDOM = "random"
OWN_AGENDA = ".toml"
"""How the name of an agenda ends that is an author's own file."""


@dataclass(frozen=True)
class Drawn:
    """What makes this drill this one."""

    drill_id: str
    seed: int
    scenario: Scenario
    faults: tuple[Fault, ...]
    decoys: tuple[Decoy, ...]
    topology: tuple[ServiceEntry, ...]
    agenda: Agenda
    seal: Seal


def draw(catalog: Catalog, settings: HostSettings, had: Collection[str] = ()) -> Drawn:
    """Choose everything. `had` are the scenarios that the team has had: without a seed, `random`
    and families avoid them as long as there are others.

    Raises what catalog and agenda object to.
    """
    seed = settings.seed if settings.seed is not None else secrets.randbelow(100_000)
    scenario = choose(catalog, settings.scenario, seed, had if settings.seed is None else ())
    faults = tuple(catalog.fault(name) for name in scenario.faults)
    return Drawn(
        drill_id=f"d-{secrets.token_hex(2)}",
        seed=seed,
        scenario=scenario,
        faults=faults,
        decoys=tuple(catalog.decoy(name) for name in scenario.decoys),
        topology=catalog.topology(),
        agenda=agenda_named(settings.agenda or scenario.agenda),
        seal=sealed(scenario, seed, faults),
    )


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


def begin_record(path: Path, drawn: Drawn, *, runtime: str, mode: str) -> Record:
    """A new record with the intent and the commitment to the answer as its first events."""
    record = Record(path, drawn.drill_id)
    record.append(
        DrillCreated(
            scenario=drawn.scenario.id,
            seed=drawn.seed,
            runtime=runtime,
            mode=mode,
            agenda=drawn.agenda.id,
            versions={entry.name: entry.version for entry in drawn.topology},
        ),
        actor="harness",
    )
    record.append(AnswerSealed(drawn.seal.commitment), actor="harness")
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
