"""Containers are measured from built images, and without Grafana."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from harness.bench import compose
from harness.cli.machine import bench
from harness.errors import EnvironmentMissing, UnknownName
from harness.host.lifecycle import Outcome
from harness.record.events import StackReady


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds to the baseline of each run that is to come; each takes one."""
    coming: list[float] = []

    async def host(settings: Any, *, player: Callable[[Any], Awaitable[None]]) -> Outcome:
        assert settings.runtime == "compose"
        ready = [StackReady("shop", 12_000), StackReady("baseline", round(coming.pop(0) * 1000))]
        envelopes = [SimpleNamespace(event=event) for event in ready]
        record = SimpleNamespace(events=lambda: envelopes)
        await player(SimpleNamespace(services=SimpleNamespace(record=record)))
        return Outcome(None, "played to its end", None)

    async def memory(_: object) -> dict[str, float]:
        return {"payments": 100.0, "postgres": 200.0, "grafana": 5000.0}

    monkeypatch.setattr(compose, "host", host)
    monkeypatch.setattr(compose, "memory_mib", memory)
    return coming


def images(monkeypatch: pytest.MonkeyPatch, *answers: set[str]) -> None:
    left = [frozenset(answer) for answer in answers]

    async def own_images() -> frozenset[str]:
        return left.pop(0)

    monkeypatch.setattr(compose, "own_images", own_images)


def measured(said: list[str]) -> dict[str, tuple[float, bool]]:
    rows = compose.run_bench(said.append)
    return {row["figure"]: (row["measured"], row["holds"]) for row in rows}


def test_a_run_that_built_nothing_is_the_measurement(
    runs: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    images(monkeypatch, {"a"}, {"a"})
    runs.append(29.4)
    said: list[str] = []
    figures = measured(said)
    assert figures["compose: start to healthy baseline, s"] == (29.4, True)
    assert figures["compose: memory of all, MiB"] == (300.0, True), "without Grafana"
    assert said == []


def test_a_run_that_built_images_is_repeated_with_all_of_them_there(
    runs: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    images(monkeypatch, {"a"}, {"a", "b"})
    runs += [190.0, 46.0]
    said: list[str] = []
    assert measured(said)["compose: start to healthy baseline, s"] == (46.0, False)
    assert runs == []
    assert "measuring again" in said[0]


def test_what_keeps_the_shop_from_coming_up_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def host(settings: Any, **_: object) -> Outcome:
        return Outcome(None, "", EnvironmentMissing("no engine"))

    images(monkeypatch, set())
    monkeypatch.setattr(compose, "host", host)
    with pytest.raises(EnvironmentMissing, match="no engine"):
        compose.run_bench(lambda _: None)


def test_a_runtime_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownName, match="no runtime 'compos'"):
        bench(runtime="compos")
