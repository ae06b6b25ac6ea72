"""The containers that watch the shop: Prometheus, Alertmanager, the recorder, Grafana."""

from __future__ import annotations

import json
import os
from pathlib import Path

from harness import ports
from harness.drill.spec import DrillSpec
from harness.host.container_files import (
    ANYWHERE,
    as_arguments,
    python_command,
    readable_file,
    tls_address,
)
from harness.model import ContainerSpec, Mount
from harness.runtime.compose.inputs import ca_bundle
from harness.runtime.compose.project import FRONT, address
from harness.telemetry import alertmanager as am
from harness.telemetry import prometheus_server
from harness.telemetry.alertmanager import AlertmanagerSettings, alertmanager_config
from harness.telemetry.grafana import grafana_spec
from harness.telemetry.prometheus_server import PrometheusSettings, prometheus_config
from harness.tokens import Caller, TokenBook

OPTIONAL_RECEIVERS = {"slack": "SLACK_WEBHOOK_URL", "pagerduty": "PAGERDUTY_ROUTING_KEY"}
"""Settings of the environment, by the receiver that they switch on."""

HANDED = "/run/secrets"
DATA = "/tmp/data"  # noqa: S108  of a container of its own


def prometheus(spec: DrillSpec) -> ContainerSpec:
    """With our rules, and Alertmanager as its pager."""
    hosts = {entry.name: address(entry.name) for entry in spec.topology}
    config = prometheus_config(
        PrometheusSettings(
            binary=Path("prometheus"),
            run_dir=spec.run_dir,
            port=ports.PROMETHEUS,
            services={entry.name: entry.port for entry in spec.topology},
            load_port=ports.LOAD_METRICS,
            recorder_port=ports.RECORDER,
            pager_port=ports.ALERTMANAGER,
            pager_password_file=Path(f"{HANDED}/pager"),
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
        cwd=spec.run_dir,
        log_path=spec.run_dir / "logs" / "prometheus.log",
        ready_url=f"{spec.ports.url(ports.PROMETHEUS)}/-/ready",
        mounts=(
            Mount(readable_file(spec.run_dir, "prometheus.yml", json.dumps(config)), file),
            Mount(readable_file(spec.run_dir, "pager", _telemetry_token(spec)), f"{HANDED}/pager"),
        ),
    )


def alertmanager(spec: DrillSpec, tokens: TokenBook) -> ContainerSpec:
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
            pager_url=f"{spec.ports.url(ports.API)}/webhook/alertmanager",
            pager_token_file=f"{HANDED}/pager",
            extra={name: f"{HANDED}/{name}" for name in secrets},
            pagerduty_url=pagerduty_url,
            proxy_url=f"http://127.0.0.1:{ports.TUNNEL}",
            ca_file=f"{HANDED}/authorities" if bundle else "",
        )
    )
    login = tokens.login("prometheus")
    files = {
        **secrets,
        "pager": _telemetry_token(spec),
        "alertmanager.yml": json.dumps(config),
        "web.yml": json.dumps(am.web_config(tokens)),
        # For the health check of its container, which asks by amtool.
        "client.yml": json.dumps(am.client_config(login)),
    }
    if bundle:
        files["authorities"] = bundle.read_text(encoding="utf-8")
    places = {
        "slack": ("SLACK_WEBHOOK_URL", secrets.get("slack", "")),
        "pagerduty": ("PAGERDUTY_URL", pagerduty_url),
    }
    listen = f"{ANYWHERE}:{ports.ALERTMANAGER}"
    config_file, web_file = f"{HANDED}/alertmanager.yml", f"{HANDED}/web.yml"
    return ContainerSpec(
        name=am.NAME,
        argv=("alertmanager", *am.arguments(config_file, DATA, listen, web_file)),
        env=am.ENVIRONMENT,
        cwd=spec.run_dir,
        log_path=spec.run_dir / "logs" / "alertmanager.log",
        ready_url=f"{spec.ports.url(ports.ALERTMANAGER)}/-/ready",
        ready_login=login,
        mounts=tuple(
            Mount(readable_file(spec.run_dir, name, content), f"{HANDED}/{name}")
            for name, content in files.items()
        ),
        reaches=tuple(tls_address(*places[name]) for name in secrets),
    )


def recorder(spec: DrillSpec) -> ContainerSpec:
    """Traces and logs."""
    logs = spec.run_dir / "logs"
    logs.mkdir(exist_ok=True)
    token = _telemetry_token(spec)
    options = {
        "--host": ANYWHERE,
        "--port": ports.RECORDER,
        "--logs-dir": "/run/logs",
        "--token-file": "/run/secrets/token",
        "--services": ",".join(entry.name for entry in spec.topology),
        "--allowed-host": "recorder",
    }
    return ContainerSpec(
        name="recorder",
        argv=python_command("harness.telemetry.recorder", *as_arguments(options)),
        env={"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"},
        cwd=spec.run_dir,
        log_path=logs / "recorder.log",
        ready_url=f"{spec.ports.url(ports.RECORDER)}/healthz",
        mounts=(
            Mount(logs, "/run/logs"),
            Mount(readable_file(spec.run_dir, "token", token), "/run/secrets/token"),
        ),
    )


def grafana(spec: DrillSpec) -> ContainerSpec:
    """Dashboards for anybody to read."""
    return grafana_spec(
        spec.run_dir,
        url=spec.ports.url(ports.GRAFANA),
        port=ports.GRAFANA,
        prometheus_url=f"http://prometheus:{ports.PROMETHEUS}",
        recorder_url=f"http://recorder:{ports.RECORDER}",
        token=_telemetry_token(spec),
    )


def _telemetry_token(spec: DrillSpec) -> str:
    return (spec.run_dir / "secrets" / f"{Caller.TELEMETRY}.token").read_text(encoding="utf-8")
