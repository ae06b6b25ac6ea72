"""Services are watched, and their processor time divided by what they were seen at."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.bench import sampling
from harness.bench.kinds import Kind
from harness.bench.sampling import by_kind, samples_of
from harness.errors import EnvironmentMissing

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


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[int]:
    """A process that does nothing but the work of a service called b."""
    module = tmp_path / "services" / "b" / "domain.py"
    module.parent.mkdir(parents=True)
    module.write_text("print(flush=True)\nwhile True:\n    sum(range(1000))\n")
    process = subprocess.Popen([sys.executable, str(module)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process.pid
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_process_is_seen_at_what_it_does(busy: int) -> None:
    seen = asyncio.run(samples_of({"b": busy}, 1.0))["b"]
    assert set(seen) == {Kind.SHOP}


def test_a_process_that_cannot_be_watched_is_told_with_its_reason() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with pytest.raises(EnvironmentMissing, match=rf"could not watch process {gone.pid}: .*\w"):
        asyncio.run(samples_of({"b": gone.pid}, 1.0))


def test_without_py_spy_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "PY_SPY", Path("/nowhere/py-spy"))
    with pytest.raises(EnvironmentMissing, match="py-spy is missing") as missing:
        asyncio.run(samples_of({"b": 1}, 1.0))
    assert missing.value.hint == "make setup"
