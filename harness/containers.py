"""What a drill's stack is made of where each part is a container: the counterpart of stack.py.

Containers speak to each other by name and by the ports of docs/architecture.md; what is published
on 127.0.0.1 has the drill's offset added.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from harness import ports
from harness.drill.session import Session
from harness.loading import CATALOGUE_NAME, load_spec
from harness.model import ContainerSpec, Mount, ProcessSpec, StackPlan
from harness.ports import StackPorts
from harness.runtime.compose.project import FRONT, address
from harness.settings import HostSettings
from harness.stack import service_env
from harness.telemetry import alertmanager, prometheus_server
from harness.telemetry.alertmanager import AlertmanagerSettings, alertmanager_config
from harness.telemetry.grafana import grafana_spec
from harness.telemetry.prometheus_server import PrometheusSettings, prometheus_config
from harness.thirdparty.profiles import profile_named
from harness.thirdparty.spec import CA_FILE_NAME, CONTROL_SOCKET_NAME, TITLE, ThirdPartiesPlan
from harness.tokens import Caller

ANYWHERE = "0.0.0.0"  # noqa: S104  of a container's own network
PROVIDER_HOST, LOGISTICS_HOST = "psp", "logistics"
GATEWAY = "gateway"
OPTIONAL_RECEIVERS = {"slack": "SLACK_WEBHOOK_URL", "pagerduty": "PAGERDUTY_ROUTING_KEY"}
"""Settings of the environment, by the receiver that they switch on."""


def container_plan(
    has_grafana: bool,
    settings: HostSettings,
    session: Session,
    stack: StackPorts,
    parties: ThirdPartiesPlan,
) -> StackPlan:
    """The stack of a drill; with Grafana where its image is there."""
    return StackPlan(
        drill_id=session.drill_id,
        run_dir=session.run_dir,
        port_offset=stack.offset,
        capacity_units=settings.scale,
        topology=session.topology,
        releases=session.workspace.shop.initial,
        service_env=service_env(settings, f"http://recorder:{ports.RECORDER}", parties),
        sidecars=(
            _prometheus(session, stack),
            _alertmanager(session, stack),
            _recorder(session, stack),
            parties.process,
            *((_grafana(session, stack),) if has_grafana else ()),
        ),
    )


def container_parties(
    run_dir: Path, *, port_offset: int, profile: str, seed: int
) -> ThirdPartiesPlan:
    """The third parties. Raises UnknownName for a profile that does not exist."""
    shared, private = _shared(run_dir, "provider"), _shared(run_dir, "third-parties")
    status_url = f"http://127.0.0.1:{ports.PROVIDER_STATUS + port_offset}"
    logistics = f"http://{LOGISTICS_HOST}:{ports.LOGISTICS}"
    options = {
        "--host": ANYWHERE,
        "--name": PROVIDER_HOST,
        "--provider-port": ports.PROVIDER,
        "--status-port": ports.PROVIDER_STATUS,
        "--logistics-port": ports.LOGISTICS,
        "--control-socket": f"/run/private/{CONTROL_SOCKET_NAME}",
        "--ca-dir": "/run/provider",
        "--profile": profile_named(profile).name,
        "--seed": seed,
    }
    return ThirdPartiesPlan(
        process=ContainerSpec(
            name=TITLE,
            argv=_python("harness.thirdparty.main", *_words(options)),
            env={"PYTHONUNBUFFERED": "1"},
            cwd=run_dir,
            log_path=run_dir / "logs" / f"{TITLE}.log",
            ready_url=f"{status_url}/api/v2/status.json",
            mounts=(
                Mount(shared, "/run/provider", writable=True),
                Mount(private, "/run/private", writable=True),
            ),
        ),
        service_env={
            "PAYMENT_PROVIDER_URL": f"https://{PROVIDER_HOST}:{ports.PROVIDER}",
            "PAYMENT_PROVIDER_STATUS_URL": f"http://{PROVIDER_HOST}:{ports.PROVIDER_STATUS}",
            "PAYMENT_PROVIDER_CA_FILE": f"/run/provider/{CA_FILE_NAME}",
            "WAREHOUSE_URL": logistics,
            "CARRIER_URL": logistics,
            "PARTNERS_URL": logistics,
        },
        control_socket=private / CONTROL_SOCKET_NAME,
    )


def container_load(settings: HostSettings, session: Session) -> ProcessSpec:
    """The load, as the local one but for where it finds things."""
    plain = load_spec(
        session.run_dir,
        port_offset=settings.port_offset,
        profile=session.scenario.load_profile,
        scale=float(settings.scale),
        seed=session.seed,
        sampled_share=settings.trace_ratio,
    )
    gateway = next(entry.port for entry in session.topology if entry.name == GATEWAY)
    catalogue = f"/run/load/{CATALOGUE_NAME}"
    return ContainerSpec(
        name=plain.name,
        argv=_python("loadgen.main"),
        env={
            **plain.env,
            "GATEWAY_URL": f"http://{address(GATEWAY)}:{gateway}",
            "CATALOGUE_FILE": catalogue,
            "LOAD_PROFILE": session.scenario.load_profile,
            "METRICS_HOST": ANYWHERE,
            "METRICS_PORT": str(ports.LOAD_METRICS),
        },
        cwd=plain.cwd,
        log_path=plain.log_path,
        ready_url=plain.ready_url,
        mounts=(Mount(session.run_dir / CATALOGUE_NAME, catalogue),),
    )


def _prometheus(session: Session, stack: StackPorts) -> ContainerSpec:
    hosts = {entry.name: address(entry.name) for entry in session.topology}
    config = prometheus_config(
        PrometheusSettings(
            binary=Path("prometheus"),
            run_dir=session.run_dir,
            port=ports.PROMETHEUS,
            services={entry.name: entry.port for entry in session.topology},
            load_port=ports.LOAD_METRICS,
            recorder_port=ports.RECORDER,
            pager_port=ports.ALERTMANAGER,
            pager_token_file=None,
            rules_dir=Path("/etc/prometheus/rules"),
            hosts={**hosts, "load": "load", "recorder": "recorder", "pager": FRONT},
        )
    )
    file = "/etc/prometheus/prometheus.yml"
    listen = f"{ANYWHERE}:{ports.PROMETHEUS}"
    return ContainerSpec(
        name="prometheus",
        argv=("prometheus", *prometheus_server.arguments(file, "/prometheus", listen)),
        env=prometheus_server.ENVIRONMENT,
        cwd=session.run_dir,
        log_path=session.run_dir / "logs" / "prometheus.log",
        ready_url=f"{stack.url(ports.PROMETHEUS)}/-/ready",
        mounts=(Mount(_file(session.run_dir, "prometheus.yml", json.dumps(config)), file),),
    )


def _alertmanager(session: Session, stack: StackPorts) -> ContainerSpec:
    secrets = {
        name: os.environ[setting]
        for name, setting in OPTIONAL_RECEIVERS.items()
        if os.environ.get(setting)
    }
    token = _telemetry_token(session)
    config = alertmanager_config(
        AlertmanagerSettings(
            pager_url=f"{stack.url(ports.API)}/webhook/alertmanager",
            pager_token_file="/run/secrets/pager",  # noqa: S106  a file's name
            extra={name: f"/run/secrets/{name}" for name in secrets},
        )
    )
    handed = {**secrets, "pager": token, "alertmanager.yml": json.dumps(config)}
    mounts = tuple(
        Mount(_file(session.run_dir, name, content), f"/run/secrets/{name}")
        for name, content in handed.items()
    )
    file = "/run/secrets/alertmanager.yml"
    return ContainerSpec(
        name="alertmanager",
        argv=("alertmanager", *alertmanager.arguments(file, "/tmp/data", ports.ALERTMANAGER)),  # noqa: S108
        env={"GOMAXPROCS": "1"},
        cwd=session.run_dir,
        log_path=session.run_dir / "logs" / "alertmanager.log",
        ready_url=f"{stack.url(ports.ALERTMANAGER)}/-/ready",
        mounts=mounts,
    )


def _recorder(session: Session, stack: StackPorts) -> ContainerSpec:
    logs = session.run_dir / "logs"
    logs.mkdir(exist_ok=True)
    token = _telemetry_token(session)
    options = {
        "--host": ANYWHERE,
        "--port": ports.RECORDER,
        "--logs-dir": "/run/logs",
        "--token-file": "/run/secrets/token",
        "--services": ",".join(entry.name for entry in session.topology),
        "--allowed-host": "recorder",
    }
    return ContainerSpec(
        name="recorder",
        argv=_python("harness.telemetry.recorder", *_words(options)),
        env={"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"},
        cwd=session.run_dir,
        log_path=logs / "recorder.log",
        ready_url=f"{stack.url(ports.RECORDER)}/healthz",
        mounts=(
            Mount(logs, "/run/logs"),
            Mount(_file(session.run_dir, "token", token), "/run/secrets/token"),
        ),
    )


def _grafana(session: Session, stack: StackPorts) -> ContainerSpec:
    return grafana_spec(
        session.run_dir,
        url=stack.url(ports.GRAFANA),
        port=ports.GRAFANA,
        prometheus_url=f"http://prometheus:{ports.PROMETHEUS}",
        recorder_url=f"http://recorder:{ports.RECORDER}",
        token=_telemetry_token(session),
    )


def _telemetry_token(session: Session) -> str:
    return (session.run_dir / "secrets" / f"{Caller.TELEMETRY}.token").read_text()


def _python(module: str, *words: str) -> tuple[str, ...]:
    return ("python", "-m", module, *words)


def _words(options: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(str(word) for pair in options.items() for word in pair)


def _handed(run_dir: Path) -> Path:
    """The folder of what containers are handed. We alone may enter it, and the engine for us."""
    folder = run_dir / "compose"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _shared(run_dir: Path, name: str) -> Path:
    """A folder that a container may write into, whoever it runs as."""
    folder = _handed(run_dir) / name
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    return folder


def _file(run_dir: Path, name: str, content: str) -> Path:
    """A file that a container may read, whoever it runs as."""
    path = _handed(run_dir) / name
    path.write_text(content)
    path.chmod(0o444)
    return path
