"""Services sample themselves, and their processor time is divided by what they were found at."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

from harness.bench import sampling
from harness.bench.kinds import Kind
from harness.bench.sampling import EVERY_S, by_kind, samples_of
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.shopd.cpu_samples import BEGINS

CORES = {"orders": 0.2, "users": 0.1, "feed": 0.05, "postgres": 0.04, "host": 0.01}
SAMPLES = {
    "orders": Counter({Kind.STATEMENTS: 75, Kind.REQUESTS: 25}),
    "users": Counter({Kind.STATEMENTS: 10}),
    "feed": Counter[Kind](),
}


def test_a_service_is_divided_as_its_samples_are() -> None:
    kinds = by_kind(CORES, SAMPLES)
    assert kinds[Kind.STATEMENTS].by_process == pytest.approx({"orders": 0.15, "users": 0.1})
    assert kinds[Kind.REQUESTS].cores == pytest.approx(0.05)
    assert next(iter(kinds)) == Kind.STATEMENTS, "the greediest first"


def test_other_processes_are_one_kind_each_and_an_unseen_service_is_other() -> None:
    kinds = by_kind(CORES, SAMPLES)
    assert kinds[Kind.POSTGRES].by_process == {"postgres": 0.04}
    assert kinds[Kind.HOST].error_cores == 0
    assert kinds[Kind.OTHER].by_process == {"feed": 0.05}


def test_kinds_add_up_to_the_processes() -> None:
    kinds = by_kind(CORES, SAMPLES)
    assert sum(share.cores for share in kinds.values()) == pytest.approx(sum(CORES.values()))


def test_the_error_is_that_of_a_share_among_so_many_samples() -> None:
    # A quarter of 100 samples: the square root of 0.25 x 0.75 / 100 is 0.0433.
    kinds = by_kind({"orders": 0.2}, SAMPLES)
    assert kinds[Kind.REQUESTS].error_cores == pytest.approx(0.2 * 0.0433, rel=1e-3)
    more = {"orders": Counter({Kind.STATEMENTS: 7500, Kind.REQUESTS: 2500})}
    fewer = kinds[Kind.REQUESTS].error_cores
    assert by_kind({"orders": 0.2}, more)[Kind.REQUESTS].error_cores == pytest.approx(fewer / 10)


class Runtime:
    """Services of which one writes two samples, and one cannot."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float, float]] = []

    async def sample(self, service: str, path: Path, *, every_s: float, for_s: float) -> None:
        self.asked.append((service, every_s, for_s))
        if service == "orders":
            path.write_text(f'{BEGINS}  File "/r/services/orders/views.py", line 1 in view\n' * 2)


def test_a_service_that_wrote_no_samples_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "LATE_S", 0)
    runtime = Runtime()
    samples = asyncio.run(samples_of(cast(LocalRuntime, runtime), ["orders", "users"], 0.01))
    assert samples == {"orders": {Kind.SHOP: 2}, "users": {}}
    assert runtime.asked == [("orders", EVERY_S, 0.01), ("users", EVERY_S, 0.01)]
