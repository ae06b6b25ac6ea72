"""What belongs to one run alone, as Compose files: labels, addresses, published ports, commands."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from harness import ports
from harness.errors import StackFailed
from harness.model import ContainerSpec, ProcessSpec, ServiceEntry, StackPlan
from harness.paths import REPO
from harness.runtime import postgres
from harness.runtime.procfs import identify

RUN_LABEL = "threeam.run"
HOME_LABEL = "threeam.home"
OWNER_LABEL = "threeam.owner"
OWNER_FILE = "owner"
"""In a run's private folder: the same, known before there is anything to carry a label."""
PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"

FRONT = "front"
DOMAIN = "shop"
"""Of the shop's addresses: `payments.shop`. A container's own name is its service's alone."""
CHECKOUT = "/srv"
"""Where a release lies in its image."""
COMMON_FILE = REPO / "compose" / "common.yaml"
DATA = "/var/lib/postgresql/shop"
PATH = "/opt/python/bin:/usr/local/bin:/usr/bin:/bin"
SIDECAR_BASES = {"alertmanager": FRONT}
"""Containers that live in another's network, which then publishes their ports."""

Content = dict[str, object]


def project_name(plan: StackPlan) -> str:
    """Opaque, and like no other run's on this machine."""
    digest = hashlib.sha256(str(plan.run_dir.resolve()).encode()).hexdigest()[:6]
    return f"{plan.drill_id}-{digest}"


def home_digest(home: Path) -> str:
    """What the containers of a home are found by."""
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]


def project_label(project: str) -> str:
    """The filter that finds a run's containers."""
    return f"{PROJECT_LABEL}={project}"


def owner() -> str:
    """This process, so that no later one of the same number is taken for it."""
    me = identify(os.getpid())
    if me is None:
        raise StackFailed("this machine's /proc cannot be read")
    return f"{me.pid}:{me.start_ticks}"


def labels(plan: StackPlan) -> dict[str, str]:
    """What every container, network and volume of a run carries."""
    return {
        RUN_LABEL: project_name(plan),
        HOME_LABEL: home_digest(plan.run_dir.resolve().parents[1]),
        OWNER_LABEL: owner(),
    }


def variable(service: str, what: str) -> str:
    """The name of a variable of the project, such as PAYMENTS_IMAGE."""
    return f"{service.upper().replace('-', '_')}_{what}"


def address(service: str) -> str:
    """Where a service answers on the shop's own network."""
    return f"{service}.{DOMAIN}"


def published(plan: StackPlan, base: int) -> str:
    """A port of a container on 127.0.0.1 of this machine."""
    return f"127.0.0.1:{base + plan.port_offset}:{base}"


def project_file(plan: StackPlan) -> Content:
    """The file that goes over compose.yaml for the whole run."""
    mine = labels(plan)
    front_ports = [published(plan, entry.port) for entry in plan.topology]
    if any(spec.name in SIDECAR_BASES for spec in plan.sidecars):
        front_ports.append(published(plan, ports.ALERTMANAGER))
    services: dict[str, Content] = {
        entry.name: release_entry(entry.name) | {"labels": mine} for entry in plan.topology
    }
    services[FRONT] = {
        "labels": mine,
        "ports": front_ports,
        "networks": {
            "shop": {"aliases": [address(entry.name) for entry in plan.topology]},
            "edge": {},
        },
    }
    return {
        "services": services,
        "networks": {name: {"labels": mine} for name in ("shop", "edge")},
        "volumes": {name: {"labels": mine} for name in ("postgres-data", "prometheus-data")},
    }


def release_entry(service: str) -> Content:
    """A service of the shop: what every release has in common, with its own image and host name."""
    return {
        "extends": {"file": str(COMMON_FILE), "service": "release"},
        "profiles": ["shop"],
        "image": f"${{{variable(service, 'IMAGE')}:-threeam/{service}}}",
        "hostname": service,
        "volumes": [f"${{{variable(service, 'CONTROL')}:-/var/empty}}:/run/control"],
    }


def postgres_file(plan: StackPlan, command: tuple[str, ...]) -> Content:
    """The database server of a run, started with `command`."""
    return {
        "services": {
            postgres.NAME: {
                "labels": labels(plan),
                "ports": [published(plan, postgres.PORT)],
                "command": _literal(command),
            }
        }
    }


def sidecar_file(plan: StackPlan, spec: ProcessSpec) -> Content:
    """One sidecar as its description says."""
    content: Content = {
        "labels": labels(plan),
        "entrypoint": [],
        "command": _literal(spec.argv),
        "environment": _literal_values(spec.env),
    }
    port = urlsplit(spec.ready_url).port if spec.ready_url else None
    if spec.name in SIDECAR_BASES:
        # By its name, since Compose only looks for services that it is about to start itself.
        base = f"{project_name(plan)}-{SIDECAR_BASES[spec.name]}-1"
        content["network_mode"] = f"container:{base}"
    elif port is not None:
        content["ports"] = [published(plan, port - plan.port_offset)]
    if isinstance(spec, ContainerSpec):
        content["volumes"] = [
            f"{mount.source.resolve()}:{mount.target}:{'rw' if mount.writable else 'ro'}"
            for mount in spec.mounts
        ]
    return {"services": {spec.name: content}}


def service_environment(
    plan: StackPlan, entry: ServiceEntry, secrets: postgres.Secrets | None
) -> dict[str, str]:
    """The whole environment of a service, its release's version and commit apart."""
    env = {
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "SERVICE_NAME": entry.name,
        "HOST": "0.0.0.0",  # noqa: S104  of a container on an internal network
        "PORT": str(entry.port),
        "ENVIRONMENT": "production",
        "CAPACITY_UNITS": str(plan.capacity_units),
    }
    for peer in plan.topology:
        env[variable(peer.name, "URL")] = f"http://{address(peer.name)}:{peer.port}"
    if entry.database and secrets is not None:
        password = secrets.passwords[entry.name]
        server = f"{postgres.NAME}:{postgres.PORT}"
        env["DATABASE_URL"] = f"postgresql://{entry.name}:{password}@{server}/{entry.name}"
    return env | dict(plan.service_env)


def _literal(words: tuple[str, ...]) -> list[str]:
    """Words that Compose is not to look for variables in."""
    return [word.replace("$", "$$") for word in words]


def _literal_values(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value.replace("$", "$$") for name, value in values.items()}
