"""A drill's id: nobody has it yet, and it tells nothing; nor does what is drawn by its seed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from harness.catalog.reader import Catalog
from harness.drill.lifecycle import draw as drawing
from harness.drill.lifecycle.draw import SEED_BITS, draw, fresh_id
from harness.drill.spec import DrillSpec
from harness.paths import REPO
from harness.settings import HostSettings
from harness.workspace.history import HistoryPlan, plan_history


def test_an_id_that_a_drill_of_this_home_has_is_not_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "d-aaaaaaaa").mkdir()
    numbers = ["aaaaaaaa", "aaaaaaaa", "bbbbbbbb", "cccccccc"]
    asked: list[int] = []

    def token_hex(size: int) -> str:
        asked.append(size)
        return numbers.pop(0)

    monkeypatch.setattr(drawing.secrets, "token_hex", token_hex)
    assert fresh_id(tmp_path) == "d-bbbbbbbb"
    assert numbers == ["cccccccc"]
    assert set(asked) == {4}, "32 bits: homes that share an engine or a cache do not meet, either"


def test_a_home_that_has_had_nearly_all_ids_still_gets_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "ID_BYTES", 1)
    had = set()
    for _ in range(256):
        drawn = fresh_id(tmp_path)
        (tmp_path / drawn).mkdir()  # raises where it is there already, as it did in a busy home
        had.add(drawn)
    assert len(had) == 256


def test_the_same_draw_has_another_id_and_the_id_tells_nothing_of_it(tmp_path: Path) -> None:
    settings = HostSettings(home=tmp_path, scenario="random", seed=4242)
    first, again = draw(Catalog(REPO), settings), draw(Catalog(REPO), settings)
    assert first.scenario == again.scenario
    assert first.drill_id != again.drill_id
    assert re.fullmatch(r"d-[0-9a-f]{8}", first.drill_id)
    assert first.run_dir == tmp_path / "runs" / first.drill_id


NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
FILES = ("services/topology.toml", "services/payments/app.py", "services/orders/app.py")
THOUGHT_OF = 300
"""Seeds that somebody tries; one that people think of is among them."""


def history(spec: DrillSpec, seed: int | None = None) -> HistoryPlan:
    """What participants see of the repository, were the drill's seed this one."""
    culprits = [fault.release for fault in spec.faults if fault.release is not None]
    used = spec.seed if seed is None else seed
    return plan_history(used, FILES, spec.topology, culprits, spec.decoys, NOW)


def found_by_trying(seen: HistoryPlan, spec: DrillSpec, seeds: Iterable[int]) -> list[int]:
    """The seeds with which such a drill would look as it does: what whoever has the harness can
    compute ahead, scenario by scenario."""
    return [seed for seed in seeds if history(spec, seed).tickets == seen.tickets]


@pytest.mark.parametrize("name", ["random", "outage-3am"])
def test_a_seed_that_was_thought_of_draws_the_scenario_and_nothing_that_people_see(
    tmp_path: Path, name: str
) -> None:
    settings = HostSettings(home=tmp_path, scenario=name, seed=42)
    first, again = (draw(Catalog(REPO), settings, attended=True) for _ in range(2))
    assert first.scenario == again.scenario
    assert len({first.seed, again.seed, 42}) == 3
    assert found_by_trying(history(first), first, range(THOUGHT_OF)) == []
    # Negative control: where no people take part, as in the matrix, it is the drill's own.
    played = draw(Catalog(REPO), settings)
    assert played.seed == 42
    assert found_by_trying(history(played), played, range(THOUGHT_OF)) == [42]


def test_a_known_drill_is_played_again_by_its_scenario_and_seed(tmp_path: Path) -> None:
    sealed = draw(Catalog(REPO), HostSettings(home=tmp_path, scenario="random"), attended=True)
    known = HostSettings(home=tmp_path, scenario=sealed.scenario.id, seed=sealed.seed)
    again = draw(Catalog(REPO), known, attended=True)
    assert (again.scenario, again.seed, again.pace) == (sealed.scenario, sealed.seed, sealed.pace)
    assert history(again) == history(sealed)


def test_a_seed_that_nobody_gave_is_one_of_too_many_to_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds: list[int] = []

    def below(bound: int) -> int:
        bounds.append(bound)
        return bound - 1

    monkeypatch.setattr(drawing.secrets, "randbelow", below)
    spec = draw(Catalog(REPO), HostSettings(home=tmp_path, scenario="deadlock"))
    assert bounds == [2**SEED_BITS]
    assert spec.seed == 2**SEED_BITS - 1
    assert SEED_BITS >= 48
    assert float(spec.seed) == spec.seed, "whoever reads JSON has it exactly"


def test_the_seeds_of_parts_differ_and_do_not_tell_the_drills_own(tmp_path: Path) -> None:
    spec = draw(Catalog(REPO), HostSettings(home=tmp_path, scenario="deadlock", seed=7))
    parts = [spec.seed_of(name) for name in ("load", "oracle", "third parties")]
    assert len({*parts, spec.seed}) == 4
    assert parts[0] == spec.seed_of("load"), "the same drill again"
    # A generator's state is known after a few hundred draws, and its seed by that: not this one.
    assert Random(parts[0]).random() != Random(spec.seed).random()
