"""What the bench holds its figures against."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harness.bench import local, processor
from harness.bench.local import page_due_s, run_bench, was_prepared_since
from harness.host.lifecycle import Outcome


@pytest.mark.parametrize(
    ("scenario", "due_s"),
    [("deadlock", 12), ("float-drift", 15), ("healthy", None)],
)
def test_a_page_is_due_when_the_scenarios_faults_say_so(scenario: str, due_s: float | None) -> None:
    assert page_due_s(scenario) == due_s


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_run_that_was_ended_early_says_that_figures_are_missing(
    monkeypatch: pytest.MonkeyPatch, *, is_stopped: bool
) -> None:
    async def host(_: object, *, player: Any) -> Outcome:
        if not is_stopped:
            await player(None)
        return Outcome(None, "", None)

    async def nothing(*_: object) -> list[Any]:
        return []

    monkeypatch.setattr(local, "host", host)
    monkeypatch.setattr(processor, "under_load", nothing)
    monkeypatch.setattr(processor, "without_load", nothing)
    said: list[str] = []
    run_bench(said.append, only_processor=True)
    assert any("the rest is missing" in text for text in said) == is_stopped


def test_a_start_that_prepared_databases_is_told_from_one_that_copied_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(local, "cache_dir", lambda: tmp_path)
    assert not was_prepared_since(1_000)
    secrets = tmp_path / "postgres" / "0123" / "secrets.json"
    secrets.parent.mkdir(parents=True)
    secrets.touch()
    os.utime(secrets, (2_000, 2_000))
    assert was_prepared_since(1_999)
    assert not was_prepared_since(2_001)
