"""The formulas against values that are known, and what they make of tries."""

from __future__ import annotations

import pytest

from harness.agentbench.pass_rates import (
    all_of_k,
    bench_of,
    figures_of,
    kind_of,
    mcnemar,
    pair_of,
    pass_hat_k,
)
from tests.unit.agentbench.made_tries import made


@pytest.mark.parametrize(
    ("only_one", "only_other", "p"),
    [
        (0, 0, 1.0),
        (1, 1, 1.0),
        (0, 5, 0.0625),
        (1, 9, 0.021484375),
        (9, 1, 0.021484375),
        # As R's binom.test(4, 16) and statsmodels' mcnemar(exact=True) have it.
        (4, 12, 0.076812744140625),
    ],
)
def test_mcnemars_exact_p_of_known_tables(only_one: int, only_other: int, p: float) -> None:
    assert mcnemar(only_one, only_other) == pytest.approx(p)


@pytest.mark.parametrize(
    ("passes", "tries", "k", "chance"),
    [(3, 3, 3, 1.0), (2, 3, 3, 0.0), (2, 3, 1, 2 / 3), (3, 4, 2, 0.5), (0, 5, 1, 0.0)],
)
def test_all_of_k_tries_as_tau_bench_has_it(passes: int, tries: int, k: int, chance: float) -> None:
    assert all_of_k(passes, tries, k) == pytest.approx(chance)


def test_k_is_the_fewest_tries_of_any_scenario() -> None:
    tries = [
        *(made(scenario="x", seed=seed, passed=True) for seed in (1, 2)),
        *(made(scenario="y", seed=seed, passed=seed != 3) for seed in (1, 2, 3)),
    ]
    k, share = pass_hat_k(tries)
    assert k == 2
    assert share.good == pytest.approx(1 + 1 / 3, abs=1e-4)
    assert share.of == 2
    assert 0 < share.low < share.good / share.of < share.high <= 1


def test_without_a_try_nothing_is_known() -> None:
    k, share = pass_hat_k([])
    assert (k, share.good, share.of, share.low, share.high) == (0, 0, 0, 0.0, 1.0)


def test_what_infrastructure_ended_counts_for_nobody_and_against_nobody() -> None:
    tries = [made(seed=1, passed=True), made(seed=2, status="infrastructure")]
    found = figures_of("responder", tries)
    assert (found.tries, found.infrastructure) == (2, 1)
    assert (found.pass_at_1.good, found.pass_at_1.of) == (1, 1)
    counted = figures_of("responder", [made(seed=1, passed=True), made(seed=2, passed=False)])
    assert (counted.pass_at_1.good, counted.pass_at_1.of) == (1, 2)


def test_two_players_are_paired_by_scenario_seed_and_repeat() -> None:
    mine = [made(seed=seed, passed=True) for seed in (1, 2, 3)]
    theirs = [
        made(player="nothing", seed=1, passed=False),
        made(player="nothing", seed=2, passed=True),
        made(player="nothing", seed=9, passed=False),
        made(player="nothing", seed=3, status="infrastructure"),
    ]
    found = pair_of("responder", "nothing", mine, theirs)
    assert (found.both, found.only_player, found.only_other, found.neither) == (1, 1, 0, 0)


def test_a_benchmark_has_every_player_and_pair_and_what_trivial_ones_reach() -> None:
    tries = [
        made(player=player, scenario=scenario, passed=(player, scenario) != ("nothing", "x"))
        for player in ("responder", "nothing", "model:small")
        for scenario in ("x", "y")
    ]
    found = bench_of(tries, "local")
    assert [one.player for one in found.players] == ["model:small", "responder", "nothing"]
    assert len(found.pairs) == 3
    assert [(one.scenario, one.passed, one.of) for one in found.reached_by_trivial] == [("y", 1, 1)]


def test_kinds_of_players() -> None:
    assert [kind_of(name) for name in ("responder", "nothing", "exec:mine")] == [
        "program",
        "trivial",
        "agent",
    ]
