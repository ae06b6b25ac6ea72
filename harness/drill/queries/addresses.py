"""Where everything of a drill answers that ordinary tools are pointed at, and what runs there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from harness import ports
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import DrillError
from harness.telemetry.alertmanager import amtool_file

PASSWORD_COMMAND = "drill password"  # noqa: S105  # it prints one, and is none


def addresses(session: Session, public_url: str = "") -> dict[str, Any]:
    """Addresses by what answers there, the databases as one may read them, and processes.

    `databases` is None before the shop is up. The password is not among it, so that the answer may
    stand on a shared screen: `password_command` prints it. A process's `pid` is this machine's,
    None where it is in a container or none runs. `public_url` is what people call the drill, where
    that is not its own address.
    """
    return {
        "addresses": [
            {"name": name, "url": url, "what": what}
            for name, url, what in _places(session.spec, public_url)
        ],
        "pager": {
            "what": str(session.run.pager),
            "amtool_config": str(amtool_file(session.spec.run_dir).resolve()),
        },
        "databases": _databases(session),
        "processes": _processes(session),
    }


def password(session: Session) -> dict[str, str]:
    """The password of the role that reads the databases. Raises StackFailed before they are up."""
    stateful = _stateful(session.spec)[0]
    url = urlsplit(session.services.runtime.database_url(stateful))
    return {"user": url.username or "", "password": url.password or ""}


def _stateful(spec: DrillSpec) -> list[str]:
    return [entry.name for entry in spec.topology if entry.database]


def _places(spec: DrillSpec, public_url: str) -> Iterator[tuple[str, str, str]]:
    """Name, address and what it is for."""
    stack = spec.ports
    own = public_url or stack.url(ports.API)
    for entry in spec.topology:
        port = stack.services[entry.name]
        yield entry.name, f"http://127.0.0.1:{port}", "service: /docs, /metrics, /healthz, /readyz"
    yield "prometheus", stack.url(ports.PROMETHEUS), "its pages, and its API for promtool"
    yield (
        "alertmanager",
        stack.url(ports.ALERTMANAGER),
        "its API, for amtool; pager and its file below",
    )
    if spec.runtime == "compose":
        yield "grafana", stack.url(ports.GRAFANA), "where its image could be had"
    yield "console", own, "with the token of `drill open`"
    yield "status page", f"{own}/status", "what customers are told; API: /api/v2"
    yield "ai gate", stack.url(ports.AI_GATE), "see `drill ai status`"
    yield "recorder", stack.url(ports.RECORDER), "takes OTLP over HTTP"
    status = "api/v2/status.json"
    provider, model = stack.url(ports.PROVIDER_STATUS), stack.url(ports.MODEL_STATUS)
    yield "payment provider status", f"{provider}/{status}", "the provider's own page"
    yield "model provider status", f"{model}/{status}", "the provider's own page"


def _databases(session: Session) -> dict[str, Any] | None:
    names = _stateful(session.spec)
    try:
        url = urlsplit(session.services.runtime.database_url(names[0]))
    except DrillError:
        return None
    place = f"{url.username}@{url.hostname}:{url.port}"
    return {
        "user": url.username,
        "host": url.hostname,
        "port": url.port,
        "urls": {name: f"postgresql://{place}/{name}" for name in names},
        "password_command": PASSWORD_COMMAND,
    }


def _processes(session: Session) -> list[dict[str, Any]]:
    """The process of each service, in the order of the topology."""
    runtime = session.services.runtime
    running = runtime.running()
    pids = {one.name: one.pid for one in runtime.processes() if one.alive}
    # What a container calls 7 is another process on this machine.
    is_local = session.spec.runtime == "local"
    return [
        {
            "service": entry.name,
            "version": running[entry.name].version if entry.name in running else None,
            "pid": pids.get(entry.name) if is_local else None,
        }
        for entry in session.spec.topology
    ]
