"""The containers that watch the shop: Prometheus, Alertmanager, the recorder, Grafana."""

from __future__ import annotations

import json
import os
from pathlib import Path

from harness import ports
from harness.drill.session import Session
from harness.host.container_files import ANYWHERE, handed_file, place_of, python, words
from harness.model import ContainerSpec, Mount
from harness.ports import StackPorts
from harness.runtime.compose.inputs import ca_bundle
from harness.runtime.compose.project import FRONT, address
from harness.telemetry import alertmanager as am
from harness.telemetry import prometheus_server
from harness.telemetry.alertmanager import AlertmanagerSettings, alertmanager_config
from harness.telemetry.grafana import grafana_spec
from harness.telemetry.prometheus_server import PrometheusSettings, prometheus_config
from harness.tokens import Caller

OPTIONAL_RECEIVERS = {"slack": "SLACK_WEBHOOK_URL", "pagerduty": "PAGERDUTY_ROUTING_KEY"}
"""Settings of the environment, by the receiver that they switch on."""

HANDED = "/run/secrets"


def prometheus(session: Session, stack: StackPorts) -> ContainerSpec:
    """With our rules, and Alertmanager as its pager."""
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
        mounts=(Mount(handed_file(session.run_dir, "prometheus.yml", json.dumps(config)), file),),
    )


def alertmanager(session: Session, stack: StackPorts) -> ContainerSpec:
    """Its receivers: the pager of this machine, and those that the environment asks for."""
    secrets = {
        name: os.environ[setting]
        for name, setting in OPTIONAL_RECEIVERS.items()
        if os.environ.get(setting)
    }
    pagerduty_url = os.environ.get("PAGERDUTY_URL") or am.PAGERDUTY_URL
    bundle = ca_bundle()
    config = alertmanager_config(
        AlertmanagerSettings(
            pager_url=f"{stack.url(ports.API)}/webhook/alertmanager",
            pager_token_file=f"{HANDED}/pager",
            extra={name: f"{HANDED}/{name}" for name in secrets},
            pagerduty_url=pagerduty_url,
            proxy_url=f"http://127.0.0.1:{ports.TUNNEL}",
            ca_file=f"{HANDED}/authorities" if bundle else "",
        )
    )
    handed = {**secrets, "pager": _telemetry_token(session), "alertmanager.yml": json.dumps(config)}
    if bundle:
        handed["authorities"] = bundle.read_text(encoding="utf-8")
    places = {
        "slack": ("SLACK_WEBHOOK_URL", secrets.get("slack", "")),
        "pagerduty": ("PAGERDUTY_URL", pagerduty_url),
    }
    file = f"{HANDED}/alertmanager.yml"
    return ContainerSpec(
        name="alertmanager",
        argv=("alertmanager", *am.arguments(file, "/tmp/data", ports.ALERTMANAGER)),  # noqa: S108
        env={"GOMAXPROCS": "1"},
        cwd=session.run_dir,
        log_path=session.run_dir / "logs" / "alertmanager.log",
        ready_url=f"{stack.url(ports.ALERTMANAGER)}/-/ready",
        mounts=tuple(
            Mount(handed_file(session.run_dir, name, content), f"{HANDED}/{name}")
            for name, content in handed.items()
        ),
        reaches=tuple(place_of(*places[name]) for name in secrets),
    )


def recorder(session: Session, stack: StackPorts) -> ContainerSpec:
    """Traces and logs."""
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
        argv=python("harness.telemetry.recorder", *words(options)),
        env={"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"},
        cwd=session.run_dir,
        log_path=logs / "recorder.log",
        ready_url=f"{stack.url(ports.RECORDER)}/healthz",
        mounts=(
            Mount(logs, "/run/logs"),
            Mount(handed_file(session.run_dir, "token", token), "/run/secrets/token"),
        ),
    )


def grafana(session: Session, stack: StackPorts) -> ContainerSpec:
    """Dashboards for anybody to read."""
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
