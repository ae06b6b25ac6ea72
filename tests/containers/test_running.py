"""The whole stack as `drill run --runtime compose` starts it: what confines each container."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.model import ServiceEntry
from harness.ports import StackPorts
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.leftovers import everything_of
from harness.runtime.compose.measure import used_mib
from harness.runtime.compose.project import HOME_LABEL, SERVICE_LABEL, home_digest
from harness.runtime.procfs import port_is_free
from tests.containers.policy import PARTS, PREPARING, breaches_of_running, row_of_running
from tests.e2e.live import END_TIMEOUT_S, LiveDrill
from tests.lanes import in_lane

pytestmark = [pytest.mark.engine, pytest.mark.live, pytest.mark.timeout(600)]
PORT_OFFSET = in_lane(19_000)
GRAFANA = "grafana"
"""Its image may not be had; where it is, it is confined like all others, and counts for itself."""
MEMORY_MIB = 2048
START_S = 400.0
"""Images may have to be built first."""


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDrill]:
    home = tmp_path_factory.mktemp("home")
    running = LiveDrill(home, "healthy", PORT_OFFSET, options=("--runtime", "compose"))
    try:
        running.wait_said("healthy:", START_S)
        yield running
    finally:
        running.end(3 * END_TIMEOUT_S)
    assert asyncio.run(everything_of(home)) == [], "the drill's end leaves nothing"


async def rows_of(home: Path) -> dict[str, dict[str, Any]]:
    """The policy's table, read off the running containers, by service."""
    engine = await Engine.connect()
    try:
        label = f"{HOME_LABEL}={home_digest(home)}"
        rows = {}
        for it in await engine.labelled("containers", label):
            found = await engine.inspect(it["Id"])
            usage = await engine.call("GET", f"/containers/{it['Id']}/stats", stream=0)
            used = {"used MiB": round(used_mib(usage))}
            rows[it["Labels"][SERVICE_LABEL]] = row_of_running(found) | used
        return rows
    finally:
        await engine.close()


@pytest.fixture(scope="module")
def rows(drill: LiveDrill) -> dict[str, dict[str, Any]]:
    found = asyncio.run(rows_of(drill.home))
    print()  # noqa: T201  the table is what this test is read for
    for name, row in sorted(found.items()):
        shown = {column: value for column, value in row.items() if column != "mounts"}
        print(f"{name:14}", *(f"{column}={value}" for column, value in shown.items()))  # noqa: T201
    return found


def test_every_part_runs_in_a_container_of_its_own(
    rows: dict[str, dict[str, Any]], topology: tuple[ServiceEntry, ...]
) -> None:
    services = {entry.name for entry in topology}
    assert set(rows) | {GRAFANA} == (services | PARTS) - {PREPARING}


def test_every_container_is_confined(rows: dict[str, dict[str, Any]]) -> None:
    assert {name: b for name, row in rows.items() if (b := breaches_of_running(row))} == {}


def test_services_publish_nothing_and_share_only_their_own_folders(
    drill: LiveDrill, rows: dict[str, dict[str, Any]], topology: tuple[ServiceEntry, ...]
) -> None:
    handed = drill.run_dir / "compose"
    for entry in topology:
        row = rows[entry.name]
        assert row["published"] == ""
        control, provider = (Path(mount) for mount in row["mounts"])
        assert control.parent == handed / "control"
        assert control.name.startswith(f"{entry.name}-")
        assert provider == handed / "provider"
    assert handed.stat().st_mode & 0o077 == 0, "nobody else may enter"


def test_the_drill_is_recorded_as_sealed(drill: LiveDrill) -> None:
    events = drill.answer("events")
    assert "sealed" in str(events)


def test_all_of_the_stack_fits_its_memory(rows: dict[str, dict[str, Any]]) -> None:
    counted = [row["used MiB"] for name, row in rows.items() if name != GRAFANA]
    assert sum(counted) <= MEMORY_MIB


def test_every_published_port_is_one_of_the_contracts(
    rows: dict[str, dict[str, Any]], topology: tuple[ServiceEntry, ...]
) -> None:
    published = {
        int(binding.rpartition(":")[2])
        for row in rows.values()
        for binding in filter(None, row["published"].split(", "))
    }
    known = set(StackPorts.of(topology, PORT_OFFSET).all)
    assert published <= known
    assert not any(port_is_free(port) for port in published)
