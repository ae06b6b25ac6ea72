"""A further runtime is one entry: everything that depends on the runtime finds it there."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness import ports
from harness.errors import EnvironmentMissing, UnknownName, UsageError
from harness.host.bootstrap import prepare
from harness.host.local_plan import load_of, local_parties, stack_plan
from harness.host.runtimes import (
    RUNTIMES,
    ReadyRuntime,
    RuntimeKind,
    left_of,
    reap,
    runtime_named,
)
from harness.matrix import runner
from harness.model import Pager
from harness.runtime.base import Progress, used_mark
from harness.settings import HostSettings
from tests.unit.drill.conftest import FakeRuntime

OFFSET = 11_100
"""Below the ports that the kernel hands out to whoever connects."""


@pytest.fixture
def third(monkeypatch: pytest.MonkeyPatch) -> RuntimeKind:
    """A runtime of a test's own, which runs nothing."""

    async def preflight(progress: Progress, _is_hubs: bool) -> ReadyRuntime:
        progress("third: all that it needs is there")
        runtime: Any = FakeRuntime({})

        def plan(*given: Any) -> Any:
            made = stack_plan(Path("/usr/bin/prometheus"), Pager("a test has none"), *given)
            return dataclasses.replace(made, service_env={**made.service_env, "ON": "third"})

        return ReadyRuntime(runtime, local_parties, plan, load_of)

    async def leftovers(home: Path) -> list[str]:
        return [f"something of {home.name}"]

    kind = RuntimeKind(
        name="third",
        preflight=preflight,
        reap=lambda home: [f"ended what was in {home.name}"],
        leftovers=leftovers,
        row_timeout_s=60.0,
        stacks_max=2,
    )
    monkeypatch.setitem(RUNTIMES, kind.name, kind)
    return kind


async def test_a_drill_is_prepared_on_it(third: RuntimeKind, tmp_path: Path) -> None:
    said: list[str] = []
    settings = HostSettings(
        scenario="healthy", runtime="third", seed=1, port_offset=OFFSET, home=tmp_path
    )
    prepared = await prepare(settings, asyncio.Event(), said.append)
    assert said[0] == "third: all that it needs is there"
    services = prepared.session.services
    try:
        assert isinstance(services.runtime, FakeRuntime)
        assert prepared.plan.service_env["ON"] == "third"
        assert prepared.load().name == "load"
        assert prepared.session.spec.runtime == "third"
    finally:
        services.record.close()
        await services.prometheus.close()
        await services.recorder.close()


@pytest.mark.parametrize(
    ("base", "attended", "refused"),
    [
        (ports.GRAFANA, True, False),
        (ports.AI_GATE, False, False),
        (ports.AI_GATE, True, True),
        (ports.RECORDER, False, True),
        (ports.ALERTMANAGER, False, True),
    ],
)
async def test_only_ports_of_parts_that_are_started_must_be_free(
    base: int,
    attended: bool,
    refused: bool,
    third: RuntimeKind,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def preflight(_: Progress, _is_hubs: bool) -> ReadyRuntime:
        raise EnvironmentMissing("its ports were free")

    kind = dataclasses.replace(third, preflight=preflight, absent=RUNTIMES["local"].absent)
    monkeypatch.setitem(RUNTIMES, "third", kind)
    settings = HostSettings(runtime="third", seed=1, port_offset=OFFSET, home=tmp_path)
    expected = f"port {base + OFFSET} is taken" if refused else "its ports were free"
    with (
        socket.create_server(("127.0.0.1", base + OFFSET)),
        pytest.raises(EnvironmentMissing, match=expected),
    ):
        await prepare(settings, asyncio.Event(), lambda _: None, attended=attended)


async def test_it_is_asked_for_leftovers_only_where_it_was_ever_used(
    third: RuntimeKind, tmp_path: Path
) -> None:
    assert reap(tmp_path) == []
    assert await left_of(tmp_path) == []
    used_mark(tmp_path, "third").touch()
    assert reap(tmp_path) == [f"ended what was in {tmp_path.name}"]
    assert await left_of(tmp_path) == [f"something of {tmp_path.name}"]


def test_the_matrix_knows_its_place_and_how_many_stacks_it_bears(third: RuntimeKind) -> None:
    assert runner.output_of("third").name == "third"
    assert runner.jobs_of("third", None) == 2
    with pytest.raises(UsageError, match="third runs at most 2 stacks at a time"):
        runner.jobs_of("third", 3)


def test_a_wrong_name_is_answered_with_the_nearest(third: RuntimeKind) -> None:
    with pytest.raises(UnknownName, match="third"):
        runtime_named("thrid")
    assert runtime_named("third") is third


def test_what_a_runtime_lacks_is_said_by_its_entry(
    third: RuntimeKind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def preflight(_: Progress, _is_hubs: bool) -> ReadyRuntime:
        raise EnvironmentMissing("third has no room here", "make some")

    monkeypatch.setitem(RUNTIMES, "third", dataclasses.replace(third, preflight=preflight))
    settings = HostSettings(runtime="third", seed=1, port_offset=OFFSET, home=tmp_path)
    with pytest.raises(EnvironmentMissing, match="no room"):
        asyncio.run(prepare(settings, asyncio.Event(), lambda _: None))
    assert not list(tmp_path.glob("runs/*"))


def test_no_runtime_is_imported_before_it_is_chosen() -> None:
    program = (
        "import sys, harness.host.runtimes; "
        "print([m for m in sys.modules if m.startswith(('harness.runtime.', 'harness.drill'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "['harness.runtime.base']"
