"""Which tries are played, what is kept of them, and that what is held out is never named."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from harness.agentbench import tournament
from harness.agentbench.entrants import Command
from harness.agentbench.held_out import Offered
from harness.agentbench.tournament import PAGE, RESULT, TABLE, Asked, bench_agents, planned
from harness.agentbench.tries import read
from harness.errors import UnknownName, UsageError
from harness.matrix.row_stack import Stack
from harness.paths import REPO
from tests.unit.agentbench.made_tries import made
from tests.unit.agentbench.test_held_out import SECRET, folder

__all__ = ["folder"]


def asked(output: Path, *names: str, **given: Any) -> Asked:
    plan: dict[str, Any] = {"players": ("responder", "nothing"), "seeds": (1,), "repeats": 1}
    return Asked(names=names, output=output, **(plan | given))


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, str]]:
    """Stands for stacks: the responder passes, who does nothing does not."""
    count: Counter[tuple[str, str]] = Counter()

    async def run(self: Stack, _: int) -> dict[str, Any]:
        count[self.player, self.scenario] += 1
        home = self.output / self.name
        home.mkdir(parents=True, exist_ok=True)
        (home / "trajectory.json").write_text("{}", encoding="utf-8")
        grades = made(passed=self.player == "responder").grades
        assert grades is not None
        return {
            "faults": 1,
            "took_s": 1.0,
            "machine_busy_s": 0.0,
            "shortfalls": [],
            "grades": asdict(grades),
            "trajectory": str(home / "trajectory.json"),
        }

    monkeypatch.setattr(Stack, "run", run)
    return count


def test_all_players_have_a_scenario_and_seed_before_the_next_begins(tmp_path: Path) -> None:
    wanted = asked(tmp_path, "deadlock", "n-plus-one", seeds=(1, 2))
    order = [(one.seed, one.scenario, one.player) for one in planned(wanted, Offered(REPO, {}))]
    assert order == [
        (seed, scenario, player)
        for seed in (1, 2)
        for scenario in ("deadlock", "n-plus-one")
        for player in ("responder", "nothing")
    ]


async def test_unknown_names_are_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="deadlok"):
        await bench_agents(asked(tmp_path, "deadlok"))
    with pytest.raises(UnknownName, match="responda"):
        await bench_agents(asked(tmp_path, "deadlock", players=("responda",)))


async def test_what_was_played_is_kept_and_not_played_again(
    tmp_path: Path, played: Counter[tuple[str, str]]
) -> None:
    assert await bench_agents(asked(tmp_path, "deadlock"))
    assert await bench_agents(asked(tmp_path, "deadlock", "n-plus-one"))
    assert set(played.values()) == {1}
    assert len(played) == 4
    bench = read(tmp_path / RESULT)
    assert [(one.player, one.pass_at_1.good) for one in bench.players] == [
        ("responder", 2),
        ("nothing", 0),
    ]
    rows = list(csv.DictReader((tmp_path / TABLE).read_text(encoding="utf-8").splitlines()))
    assert [row["passed"] for row in rows] == ["False", "False", "True", "True"]
    kept = sorted(path.name for path in (tmp_path / "trajectories").iterdir())
    assert kept[0] == "deadlock-1-1-nothing.json"


async def test_a_program_plays_beside_the_others_and_sees_no_results(
    tmp_path: Path,
    played: Counter[tuple[str, str]],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DRILL_SCENARIOS", str(folder))
    told: dict[str, tuple[str, ...]] = {}
    run = Stack.run

    async def noted(self: Stack, slot: int) -> dict[str, Any]:
        told[self.player] = self.told
        return await run(self, slot)

    monkeypatch.setattr(Stack, "run", noted)
    output = tmp_path / "out"
    players, command = ("responder", "exec:mine"), Command(("run", "--fast"))
    assert await bench_agents(asked(output, "deadlock", players=players, command=command))
    assert "--command" not in told["responder"]
    given = Command.read(told["exec:mine"][told["exec:mine"].index("--command") + 1])
    assert given.argv == ("run", "--fast")
    assert given.hidden == (str(output), str(folder)), "results and what is held out"
    assert {one.player for one in read(output / RESULT).players} == set(players)
    with pytest.raises(UsageError, match="which program"):
        await bench_agents(asked(output, "deadlock", players=players))


async def test_a_trivial_player_that_passes_ends_it_with_a_failure(
    tmp_path: Path, played: Counter[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await bench_agents(asked(tmp_path, "deadlock"))
    monkeypatch.setattr(tournament, "too_good", lambda _: ["nothing passes"])
    assert not await bench_agents(asked(tmp_path, "deadlock"))
    assert sum(played.values()) == 2


async def test_what_is_held_out_is_named_in_no_file(
    tmp_path: Path,
    played: Counter[tuple[str, str]],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DRILL_SCENARIOS", str(folder))
    output = tmp_path / "out"
    await bench_agents(asked(output, SECRET, "deadlock"))
    assert played["responder", SECRET] == 1
    for path in output.rglob("*"):
        assert SECRET not in path.name
        assert not path.is_file() or SECRET not in path.read_text(encoding="utf-8")
    held = [one for one in read(output / RESULT).tries if one.held_out]
    assert len(held) == 2
    assert "held-out-" in (output / PAGE).read_text(encoding="utf-8")
