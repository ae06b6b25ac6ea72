"""Levels follow from facts, and learning paths lead through scenarios that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.catalog.difficulty import SLOW_PAR_S, Difficulty, Level, difficulty_of
from harness.catalog.reader import Catalog
from harness.errors import BadFile, UnknownName
from harness.paths import REPO

CATALOG = Catalog(REPO)
PATHS = ["databases", "first-week-on-call", "money"]


def of(name: str, par_s: float | None = None) -> Difficulty:
    found = difficulty_of(CATALOG, CATALOG.scenario(name), {name: par_s} if par_s else {})
    assert found is not None
    return found


def test_what_a_rollback_does_not_heal_and_two_causes_are_harder_than_one_release() -> None:
    plain = of("bad-timeouts")
    assert (plain.level, plain.rollback_heals, plain.faults) == (Level.EASY, True, 1)
    surge = of("feed-overload")
    assert not surge.rollback_heals
    assert surge.points > plain.points
    assert of("two-faults").points > plain.points


def test_signals_that_lead_elsewhere_make_it_harder() -> None:
    near, far = of("bad-timeouts"), of("ai-latency")
    assert (near.signals_away, far.signals_away) == (0, 4)
    assert far.points > near.points


def test_a_responder_that_took_long_makes_it_harder_and_a_quick_one_does_not() -> None:
    unknown, quick = of("bad-timeouts"), of("bad-timeouts", par_s=SLOW_PAR_S - 1)
    slow = of("bad-timeouts", par_s=SLOW_PAR_S)
    assert unknown.par_s is None
    assert quick.points == unknown.points < slow.points


def test_where_nothing_is_wrong_there_is_no_level_and_a_family_has_its_hardest() -> None:
    assert difficulty_of(CATALOG, CATALOG.scenario("decoys-only")) is None
    family = difficulty_of(CATALOG, CATALOG.family("outage-3am"))
    assert family is not None
    assert family.points == max(of(name).points for name in CATALOG.family("outage-3am").one_of)


def test_the_levels_tell_scenarios_apart() -> None:
    assert {of(one.id).level for one in CATALOG.scenarios() if one.faults} == set(Level)


def test_the_paths_begin_with_what_is_no_harder_than_their_end() -> None:
    assert CATALOG.learning_path_ids() == PATHS
    for path in CATALOG.learning_paths():
        assert set(path.scenarios) <= set(CATALOG.scenario_ids())
        assert len(set(path.scenarios)) == len(path.scenarios) >= 4
        first, *_, last = path.scenarios
        assert of(first).points <= of(last).points


def test_a_path_that_leads_nowhere_is_refused_with_the_nearest_name(root: Path) -> None:
    folder = root / "faults" / "paths"
    folder.mkdir()
    known = Catalog(root).scenario_ids()
    file = folder / "boats.toml"
    file.write_text(f'title = "x"\nscenarios = ["{known[0]}", "{known[0]}x"]\n')
    with pytest.raises(BadFile, match=f"did you mean '{known[0]}'"):
        Catalog(root).check()
    with pytest.raises(UnknownName, match="learning path"):
        Catalog(root).learning_path("boat")
