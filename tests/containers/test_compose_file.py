"""The Compose project against the topology, and the policy that every container is held to."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from harness.model import ServiceEntry
from harness.runtime.compose.command import BASE_FILE, find_program
from harness.runtime.compose.images import DEFAULTS
from harness.runtime.compose.project import release_entry
from tests.containers.policy import PARTS, breaches_of_file

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def services(
    topology: tuple[ServiceEntry, ...], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Every service of the project, resolved, with no variable set."""
    program = find_program()
    assert program is not None
    shop = tmp_path_factory.mktemp("project") / "shop.json"
    shop.write_text(
        json.dumps({"services": {entry.name: release_entry(entry.name) for entry in topology}})
    )
    files = ("--file", str(BASE_FILE), "--file", str(shop))
    done = subprocess.run(
        [*program, *files, "--profile", "*", "config", "--format", "json"],
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)["services"]
    return found


def test_each_service_of_the_topology_has_its_own_entry(
    services: dict[str, Any], topology: tuple[ServiceEntry, ...]
) -> None:
    assert set(services) == {entry.name for entry in topology} | PARTS
    for entry in topology:
        written = services[entry.name]
        assert written["image"] == f"threeam/{entry.name}"
        assert list(written["networks"]) == ["shop"], "a service has no way out"
        targets = {volume["target"] for volume in written["volumes"]}
        assert targets == {"/run/provider", "/run/control"}


def test_images_are_the_official_ones_unless_a_variable_says_otherwise(
    services: dict[str, Any],
) -> None:
    by_service = {
        "postgres": "POSTGRES_IMAGE",
        "databases": "POSTGRES_IMAGE",
        "prometheus": "PROMETHEUS_IMAGE",
        "alertmanager": "ALERTMANAGER_IMAGE",
        "grafana": "GRAFANA_IMAGE",
    }
    for name, variable in by_service.items():
        assert services[name]["image"] == DEFAULTS[variable]


def test_every_entry_keeps_to_the_policy(services: dict[str, Any]) -> None:
    assert {name: b for name, it in services.items() if (b := breaches_of_file(name, it))} == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"read_only": False}, "its root can be written"),
        ({"cap_drop": []}, "it keeps capabilities"),
        ({"user": "0:0"}, "it runs as root"),
        ({"privileged": True}, "it is privileged"),
        ({"network_mode": "host"}, "it shares the host's network"),
        ({"pids_limit": None}, "no bound on processes"),
        ({"healthcheck": None}, "no health check"),
        ({"volumes": [{"source": "/var/run/docker.sock"}]}, "it has the engine's socket"),
        ({"ports": [{"target": 1}]}, "it publishes a port by itself"),
    ],
)
def test_an_entry_that_breaks_the_policy_is_named(
    services: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    assert breaches_of_file("payments", {**services["payments"], **change}) == [said]
