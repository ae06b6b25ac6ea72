"""Whoever hardly looks may not do well; as soon as one does, it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.agentbench.ceilings import CEILINGS, too_good
from harness.agentbench.tries import read
from harness.players.trivial_players import POLICIES
from tests.unit.agentbench.made_tries import made

PUBLISHED = Path(__file__).parents[3] / "docs" / "benchmark" / "agents.json"


def test_every_trivial_player_has_a_ceiling() -> None:
    assert CEILINGS.keys() == POLICIES.keys()


@pytest.mark.parametrize("player", ["nothing", "restart-all", "rollback-all"])
def test_one_pass_of_who_blames_nobody_is_one_too_many(player: str) -> None:
    tries = [made(player=player, seed=seed, passed=seed == 5) for seed in range(1, 31)]
    assert len(too_good(tries)) == 1
    assert too_good(tries[:4]) == []


@pytest.mark.parametrize("player", ["latest-deploy", "first-alert"])
def test_a_guess_may_be_right_now_and_then_and_not_mostly(player: str) -> None:
    some = [made(player=player, seed=seed, passed=seed <= 4) for seed in range(1, 13)]
    assert too_good(some) == []
    most = [made(player=player, seed=seed, passed=seed <= 9) for seed in range(1, 13)]
    assert len(too_good(most)) == 1


def test_where_nothing_is_wrong_doing_nothing_is_right() -> None:
    assert too_good([made(player="nothing", faults=0, passed=True)]) == []


def test_who_looks_at_nothing_is_grounded_in_nothing() -> None:
    (told,) = too_good([made(player="latest-deploy", grounded=True)])
    assert "grounded" in told


def test_others_have_no_ceiling() -> None:
    assert too_good([made(player="responder", passed=True, grounded=True)]) == []


def test_no_trivial_player_of_the_published_benchmark_does_better_than_it_should() -> None:
    assert too_good(read(PUBLISHED).tries) == []
