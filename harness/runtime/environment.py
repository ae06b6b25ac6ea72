"""What a service is told through its environment, and which ports a stack takes."""

from __future__ import annotations

from urllib.parse import urlsplit

from harness.child_env import CLEAN_ENV
from harness.model import ServiceEntry, StackPlan
from harness.runtime import postgres


def service_environment(
    plan: StackPlan, entry: ServiceEntry, server: postgres.Access | None
) -> dict[str, str]:
    """The whole environment of a service, its release's version and commit apart."""
    env = {
        **CLEAN_ENV,
        "SERVICE_NAME": entry.name,
        "HOST": "127.0.0.1",
        "PORT": str(entry.port + plan.port_offset),
        "ENVIRONMENT": "production",
        "CAPACITY_UNITS": str(plan.capacity_units),
    }
    for peer in plan.topology:
        name = peer.name.upper().replace("-", "_")
        env[f"{name}_URL"] = f"http://127.0.0.1:{peer.port + plan.port_offset}"
    if entry.database and server is not None:
        env["DATABASE_URL"] = server.url(entry.name, entry.name)
    return env | dict(plan.service_env)


def stack_ports(plan: StackPlan) -> list[int]:
    """Every port that the stack is known to take."""
    found = [entry.port + plan.port_offset for entry in plan.topology]
    if any(entry.database for entry in plan.topology):
        found.append(postgres.PORT + plan.port_offset)
    urls = (spec.ready_url for spec in plan.sidecars if spec.ready_url)
    return found + [port for url in urls if (port := urlsplit(url).port)]
