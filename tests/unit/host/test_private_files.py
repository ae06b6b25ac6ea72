"""A drill's folder is closed to other users of the machine: its record holds the answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harness.drill.lifecycle import home as home_module
from harness.drill.lifecycle.home import Home
from harness.drill.outputs.exports import write_postmortem
from harness.drill.session import Session
from harness.host import bootstrap, lifecycle
from harness.host.local_plan import load_of, local_parties, stack_plan
from harness.host.runtimes import OPEN_UMASK, RUNTIMES, ReadyRuntime, RuntimeKind, runtime_named
from harness.model import Pager
from harness.paths import PRIVATE_UMASK, created_with
from harness.runtime.base import Progress
from harness.settings import HostSettings
from tests.private_files import everything_in, open_to_others
from tests.unit.drill.conftest import FakeRuntime

OFFSET = 11_300


@pytest.fixture(autouse=True)
def ordinary_umask() -> Any:
    """As a shell has it: what is private is so by the host's own doing."""
    with created_with(0o022):
        yield


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> RuntimeKind:
    async def preflight(_: Progress, _is_hubs: bool) -> ReadyRuntime:
        runtime: Any = FakeRuntime({})

        def plan(*given: Any) -> Any:
            return stack_plan(Path("/usr/bin/prometheus"), Pager("a test has none"), *given)

        return ReadyRuntime(runtime, local_parties, plan, load_of)

    async def leftovers(_: Path) -> list[str]:
        return []

    kind = RuntimeKind("nothing", preflight, lambda _: [], leftovers, 60.0)
    monkeypatch.setitem(RUNTIMES, kind.name, kind)
    return kind


async def hosted(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What others may read of a drill that is being hosted, all of its own files written."""
    found: list[str] = []

    async def run(prepared: bootstrap.Prepared, *_: Any) -> lifecycle.Outcome:
        session: Session = prepared.session
        run_dir = session.spec.run_dir
        write_postmortem(run_dir, session.services.record.events(), None)
        (run_dir / "logs").mkdir(exist_ok=True)
        (run_dir / "logs" / "load.log").write_text("x")
        session.services.customers.set_profile("steady")
        found.extend(open_to_others(home))
        assert len(list(everything_in(run_dir))) > 100, "the workspace is among it"
        assert {"record.db", "secrets", "workspace", "postmortem.md"} <= {
            path.name for path in run_dir.iterdir()
        }
        session.services.record.close()
        return lifecycle.Outcome(None, "walked", None)

    monkeypatch.setattr(lifecycle, "_run", run)
    home.mkdir(mode=0o700)
    settings = HostSettings(
        home=home, scenario="deadlock", runtime="nothing", seed=7, port_offset=OFFSET
    )
    await lifecycle.host(settings, player=lambda _: None, quiet=True)  # type: ignore[arg-type, return-value]
    return found


async def test_nothing_of_a_drill_can_be_read_by_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_runs: RuntimeKind
) -> None:
    assert await hosted(tmp_path / "home", monkeypatch) == []
    assert os.umask(0o022) == 0o022, "the caller's own umask is back"


async def test_without_the_hosts_umask_the_walk_finds_what_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_runs: RuntimeKind
) -> None:
    monkeypatch.setattr(lifecycle, "PRIVATE_UMASK", 0o022)
    object.__setattr__(nothing_runs, "umask", lambda: 0o022)
    for module in (bootstrap, home_module):
        monkeypatch.setattr(module, "PRIVATE_MODE", 0o755)
    found = await hosted(tmp_path / "home", monkeypatch)
    assert any("record.db 644" in one for one in found)
    assert any(one.startswith("home/runs 755") for one in found)


def test_folders_of_earlier_versions_are_closed_with_the_next_start(tmp_path: Path) -> None:
    old = tmp_path / "runs" / "d-old"
    old.mkdir(parents=True, mode=0o755)
    assert any("runs 755" in one for one in open_to_others(tmp_path / "runs"))
    with Home(tmp_path).owned(lambda _: []):
        assert (tmp_path / "runs").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("uid", "umask"), [(0, OPEN_UMASK), (1000, PRIVATE_UMASK)])
def test_containers_of_root_run_as_somebody_who_must_read_what_they_are_handed(
    monkeypatch: pytest.MonkeyPatch, uid: int, umask: int
) -> None:
    monkeypatch.setattr("harness.host.runtimes.os.geteuid", lambda: uid)
    assert runtime_named("compose").umask() == umask
    assert runtime_named("local").umask() == PRIVATE_UMASK
