"""A session whose parts are fakes: enough for the use cases that need no running shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.catalog import Catalog
from harness.drill.session import Pace, Places, Session
from harness.errors import DeployFailed
from harness.model import BuiltRelease
from harness.paths import REPO
from harness.record.store import Record


class FakeRuntime:
    """Runs nothing; remembers what it was asked, and refuses the versions it is told to."""

    mode = "honour"

    def __init__(self, releases: Mapping[str, BuiltRelease]) -> None:
        self.releases = dict(releases)
        self.refused: set[str] = set()
        self.restarted: list[str] = []

    def running(self) -> Mapping[str, BuiltRelease]:
        return self.releases

    async def deploy(self, service: str, release: BuiltRelease, progress: Any) -> None:
        if release.version in self.refused:
            raise DeployFailed(f"{service} {release.version} never became ready")
        self.releases[service] = release

    async def restart(self, service: str, progress: Any) -> None:
        self.restarted.append(service)


class FakeWorkspace:
    """Knows two versions of payments."""

    def release(self, service: str, version: str) -> BuiltRelease:
        return BuiltRelease(service, version, f"commit-{version}", Path("/nowhere"))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    topology = Catalog(REPO).topology()
    runtime: Any = FakeRuntime(
        {
            entry.name: BuiltRelease(entry.name, entry.version, "c0ffee", tmp_path)
            for entry in topology
        }
    )
    nothing: Any = None
    record = Record(tmp_path / "record.db", "d-test")
    workspace: Any = FakeWorkspace()
    make_oracle: Callable[[Any], Any] = lambda access: nothing  # noqa: E731
    yield Session(
        drill_id="d-test",
        run_dir=tmp_path,
        seed=1,
        capacity_units=1,
        scenario=Catalog(REPO).scenario("healthy"),
        faults=(),
        topology=topology,
        places=Places("", "", "", "", "", {}),
        pace=Pace(0, 0, 0),
        record=record,
        runtime=runtime,
        workspace=workspace,
        prometheus=nothing,
        recorder=nothing,
        make_oracle=make_oracle,
    )
    record.close()
