"""The matrix of one runtime held against another's."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.catalog.reader import Catalog
from harness.cli.main import app
from harness.errors import UnknownName, UsageError
from harness.matrix import runner
from harness.matrix.campaign import Campaign
from harness.matrix.compare import cells, disagreements
from harness.matrix.report import render_page
from harness.matrix.row_stack import Stack
from harness.matrix.schedule import Scheduled
from harness.matrix.statistics import figures
from harness.paths import REPO

ROW = {
    "scenario": "deadlock",
    "seed": 1,
    "faults": 1,
    "expects_page": True,
    "alerts": {"HighErrorRate": 6.1},
    "page_s": 6.1,
    "pages": 1,
    "source_found": True,
    "failing_before": ["success"],
    "rollback": {"patch": "rollback", "passed": True, "failing": [], "error": ""},
    "fix": {"patch": "fix.patch", "passed": True, "failing": [], "error": ""},
    "cheats": [{"patch": "hide.patch", "passed": False, "failing": ["success"], "error": ""}],
    "shortfalls": [],
    "leftovers": [],
    "took_s": 61.0,
}


def matrix(runtime: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "runtime": runtime,
        "player": "reference",
        "seed": 1,
        "seeds": [1],
        "commit": None,
        "took_s": 61.0,
        "figures": [one.to_json() for one in figures(rows, "reference")],
        "left_out": [],
        "rows": list(rows),
    }


def test_matrices_agree_where_only_times_differ() -> None:
    slower = copy.deepcopy(ROW) | {"page_s": 11.0, "took_s": 140.0, "pages": 2}
    assert disagreements(matrix("compose", slower), matrix("local", ROW)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"page_s": None}, "deadlock, paged: no on compose, yes on local"),
        ({"source_found": False}, "deadlock, evidence: missing on compose, found on local"),
        ({"rollback": None}, "deadlock, rollback: - on compose, healed on local"),
        ({"cheats": []}, "deadlock, cheat hide.patch: - on compose, rejected on local"),
        ({"leftovers": ["x"]}, "deadlock, left behind: something on compose, nothing on local"),
        ({"shortfalls": ["x"]}, "deadlock, verdict: fails on compose, holds on local"),
    ],
)
def test_a_cell_that_says_otherwise_is_named(change: dict[str, Any], said: str) -> None:
    assert disagreements(matrix("compose", ROW | change), matrix("local", ROW)) == [said]


def test_a_row_that_the_other_lacks_is_named() -> None:
    assert disagreements(matrix("compose", ROW), matrix("local")) == [
        "deadlock, seed 1: local has no such row"
    ]


def test_a_stack_that_gave_no_answer_has_cells_too() -> None:
    row = {"scenario": "deadlock", "shortfalls": ["the stack gave no answer"], "leftovers": []}
    assert cells(row)["verdict"] == "fails"
    assert cells(row)["rollback"] == "-"


def test_the_page_names_the_runtime() -> None:
    assert "Runtime compose" in render_page(matrix("compose", ROW))


def test_the_page_lists_cheats_that_no_measured_objective_noticed() -> None:
    alone = {"failing": ["alerts_firing"], "nearest": "history_p95_ms 940, ≤ 1000"}
    page = render_page(matrix("local", ROW | {"cheats": [ROW["cheats"][0] | alone]}))
    assert "Cheats rejected by alerts alone" in page
    assert page.count("history_p95_ms 940, ≤ 1000") == 2
    assert "by alerts alone" not in render_page(matrix("local", ROW))


def test_a_row_is_a_scenario_a_family_is_its_scenarios_and_all_is_everything() -> None:
    catalog = Catalog(REPO)
    assert runner.rows_of(catalog, ["deadlock"]) == ["deadlock"]
    assert runner.rows_of(catalog, ["outage-3am"]) == list(catalog.family("outage-3am").one_of)
    assert runner.rows_of(catalog, ["all"]) == catalog.scenario_ids()
    both = runner.rows_of(catalog, ["healthy", "deadlock", "healthy"])
    assert both == ["healthy", "deadlock"], "each once"
    with pytest.raises(UnknownName, match="outage-3pm"):
        runner.rows_of(catalog, ["healthy", "outage-3pm"])


@pytest.mark.parametrize(("cores", "stacks"), [(1, 1), (2, 1), (3, 1), (4, 2), (16, 8)])
def test_a_stack_has_two_cores(cores: int, stacks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(cores)))
    assert runner.jobs_of("local", None) == stacks
    assert runner.jobs_of("local", 3) == 3


def test_containers_run_one_stack_at_a_time() -> None:
    assert runner.jobs_of("compose", None) == 1
    with pytest.raises(UsageError, match="one stack at a time"):
        runner.jobs_of("compose", 2)


async def test_a_runtime_that_does_not_exist_is_refused_before_anything_runs(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnknownName, match="runtime 'compos'"):
        await runner.smoke(Campaign(("healthy",), tmp_path, runtime="compos"))
    with pytest.raises(UnknownName, match="player 'me'"):
        await runner.smoke(Campaign(("healthy",), tmp_path, player="me"))
    assert list(tmp_path.iterdir()) == []


async def test_the_matrix_of_compose_is_held_against_the_local_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = ROW | {"rollback": {**ROW["rollback"], "passed": False}}  # type: ignore[dict-item]

    async def one_row(*_: object) -> dict[str, Any]:
        return rows[0]

    monkeypatch.setattr(runner, "SMOKE", tmp_path)
    monkeypatch.setattr(Stack, "run", one_row)

    async def run(runtime: str) -> bool:
        output = runner.output_of(runtime)
        return await runner.smoke(Campaign(("deadlock",), output, runtime=runtime, jobs=1))

    rows = [ROW]
    assert await run("compose")
    assert "not compared" in capsys.readouterr().err
    assert await run("local")
    assert await run("compose")
    assert "all cells of 1 rows match the local runtime" in capsys.readouterr().err
    rows = [broken]
    assert not await run("compose")
    assert "differs: deadlock, rollback" in capsys.readouterr().err


def row(name: str, seed: int, *shortfalls: str) -> dict[str, Any]:
    return {**copy.deepcopy(ROW), "scenario": name, "seed": seed, "shortfalls": list(shortfalls)}


async def test_every_seed_is_run_and_what_fell_short_beside_others_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, int, int]] = []

    async def stack(self: Stack, slot: int) -> dict[str, Any]:
        ran.append((self.scenario, self.seed, slot))
        fell_short = self.scenario == "deadlock" and len(ran) <= 4
        return row(self.scenario, self.seed, *(["late"] if fell_short else []))

    monkeypatch.setattr(Stack, "run", stack)
    monkeypatch.setattr(runner, "rows_of", lambda *_: ["deadlock", "healthy"])
    assert await runner.smoke(Campaign(("all",), tmp_path, seeds=(3, 4)))
    assert sorted((name, seed) for name, seed, _ in ran[:4]) == [
        ("deadlock", 3), ("deadlock", 4), ("healthy", 3), ("healthy", 4),
    ]  # fmt: skip
    assert ran[4:] == [("deadlock", 3, 0), ("deadlock", 4, 0)]
    found = json.loads((tmp_path / "matrix.json").read_text())
    assert [one.get("repeated_since") for one in found["rows"]] == [["late"], ["late"], None, None]
    paged = found["figures"][0]
    assert (paged["figure"], paged["good"], paged["of"]) == ("paged", 4, 4)
    assert "51% to 100%" in (tmp_path / "matrix.html").read_text()


async def test_a_scenario_tried_again_forgets_nothing_about_the_others_of_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stack(self: Stack, slot: int) -> dict[str, Any]:
        return row(self.scenario, self.seed)

    async def tried(name: str, commit: str | None) -> dict[str, list[str]]:
        monkeypatch.setattr(runner.Checkout, "clean_head", lambda _: commit)
        assert await runner.smoke(Campaign((name,), tmp_path))
        found = json.loads((tmp_path / "matrix.json").read_text())
        return {part: [one["scenario"] for one in found[part]] for part in ("rows", "earlier")}

    monkeypatch.setattr(Stack, "run", stack)
    monkeypatch.setattr(
        runner, "in_order", lambda _, names, *__: [Scheduled(n, 0, "") for n in names]
    )
    await tried("deadlock", "abc")
    await tried("healthy", "abc")
    both = await tried("deadlock", "abc")
    assert both == {"rows": ["deadlock"], "earlier": ["healthy"]}
    assert "Earlier results at the same commit" in (tmp_path / "matrix.html").read_text()
    matrix_found = json.loads((tmp_path / "matrix.json").read_text())
    assert disagreements(matrix("compose", row("healthy", 1)), matrix_found) == []
    assert (await tried("deadlock", "def"))["earlier"] == []
    assert (await tried("healthy", None))["earlier"] == []
    assert (await tried("deadlock", None))["earlier"] == [], "nobody knows what changed"


async def test_without_time_the_rest_is_left_out_and_named_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def stack(self: Stack, slot: int) -> dict[str, Any]:
        return row(self.scenario, self.seed)

    names = ["deadlock", "float-drift", "healthy"]
    monkeypatch.setattr(Stack, "run", stack)
    monkeypatch.setattr(runner, "rows_of", lambda *_: names)
    held = {
        "healthy": {"commit": None, "took_s": 20.0},
        "deadlock": {"commit": None, "took_s": 999},
    }
    (tmp_path / "held.json").write_text(json.dumps(held))
    assert await runner.smoke(Campaign(("all",), tmp_path, budget_s=120.0, jobs=1))
    found = json.loads((tmp_path / "matrix.json").read_text())
    assert [one["scenario"] for one in found["rows"]] == ["float-drift", "healthy"]
    assert [one["scenario"] for one in found["left_out"]] == ["deadlock"]
    assert (
        "skipped for lack of time (not known to hold at any commit): deadlock-1"
        in capsys.readouterr().err
    )
    assert "Skipped for lack of time" in (tmp_path / "matrix.html").read_text()
    kept = json.loads((tmp_path / "held.json").read_text())
    assert kept["deadlock"] == held["deadlock"], "what was left out is as it was"
    with pytest.raises(UsageError, match="too short for any scenario"):
        await runner.smoke(Campaign(("all",), tmp_path, budget_s=10.0, jobs=1))


async def test_a_row_of_the_responder_may_fall_short_as_long_as_its_figures_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []

    async def stack(self: Stack, slot: int) -> dict[str, Any]:
        ran.append(self.seed)
        is_named = self.seed not in missed
        return {
            **row("deadlock", self.seed, *([] if is_named else ["diagnosed nothing"])),
            "services_named": [True],
            "mechanisms_named": [is_named],
            "proven": True,
            "innocent": [],
        }

    monkeypatch.setattr(Stack, "run", stack)
    campaign = Campaign(("deadlock",), tmp_path, player="responder", seeds=(1, 2, 3, 4), jobs=2)
    missed = {2}
    assert await runner.smoke(campaign)
    assert len(ran) == 4, "nothing was repeated"
    assert "diagnosed nothing" in (tmp_path / "matrix.html").read_text()
    missed = {2, 3}
    assert not await runner.smoke(campaign)


async def test_whoever_ends_a_campaign_keeps_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def stack(self: Stack, slot: int) -> dict[str, Any]:
        if self.seed == 2:
            raise asyncio.CancelledError
        return row(self.scenario, self.seed)

    monkeypatch.setattr(Stack, "run", stack)
    with pytest.raises(asyncio.CancelledError):
        await runner.smoke(Campaign(("healthy",), tmp_path, seeds=(1, 2, 3), jobs=1))
    found = json.loads((tmp_path / "matrix.json").read_text())
    assert [one["seed"] for one in found["rows"]] == [1]
    assert [one["seed"] for one in found["not_reached"]] == [2, 3]
    assert "healthy at seed 3" in (tmp_path / "matrix.html").read_text()
    assert "ended early: 1 rows are in" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.new"))


def test_told_to_end_it_ends_its_stacks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    async def smoke(_: Campaign) -> bool:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(5)
        finally:
            ended.append("stacks")
        return ended.append("matrix") is None

    monkeypatch.setattr(runner, "smoke", smoke)
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        answer = CliRunner().invoke(app, ["smoke", "healthy"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended == ["stacks"]
    assert answer.exit_code != 0


def test_a_row_is_repeated_where_neighbours_or_others_disturbed_it() -> None:
    failed = {**ROW, "shortfalls": ["no page"]}
    disturbed = {"machine_busy_s": 12.0}
    why = "others had the processor for 12 s"
    assert runner.why_again(failed | disturbed, "reference", had_neighbours=False) == why
    assert runner.why_again(failed, "reference", had_neighbours=True) == "failed in parallel"
    assert runner.why_again(failed, "reference", had_neighbours=False) == ""
    assert runner.why_again(ROW | disturbed, "reference", had_neighbours=True) == ""


@pytest.mark.parametrize("row", [ROW, {**ROW, "shortfalls": ["no page"]}])
def test_of_the_responders_rows_those_that_others_disturbed_are_repeated_however_they_went(
    row: dict[str, Any],
) -> None:
    disturbed = row | {"machine_busy_s": 12.0}
    assert runner.why_again(disturbed, "responder", had_neighbours=True)
    assert runner.why_again(row, "responder", had_neighbours=True) == ""
