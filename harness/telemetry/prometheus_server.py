"""Prometheus for one drill: its configuration and the process to run.

Measured: 1 s scrapes and evaluations of 10 services cost 2 % of a core and about 70 MB. The first
sample comes about 5 s after the start whatever is configured: start it before the services.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.model import ProcessSpec
from harness.paths import REPO

RULES_DIR = REPO / "compose" / "prometheus" / "rules"

INTERVAL = "1s"
RETENTION = "6h"
RETENTION_SIZE = "256MB"
EXEMPLARS_MAX = 20_000
SCRAPE_BYTES_MAX = "16MB"
"""Of what one service says of itself, unpacked; beyond it the scrape fails."""
LOCAL = "127.0.0.1"

# Two cores are shared with the shop, and memory is: collect garbage early, on one core.
ENVIRONMENT = {"GOMAXPROCS": "1", "GOGC": "50"}


@dataclass(frozen=True)
class PrometheusSettings:
    """Where one Prometheus runs, what it scrapes and whom it pages."""

    binary: Path
    run_dir: Path
    """The drill's directory; configuration and data go to `prometheus/` in it."""
    port: int
    services: Mapping[str, int]
    """Port of each service of the shop, by name."""
    load_port: int
    recorder_port: int
    pager_port: int
    pager_password_file: Path
    """Of the user `prometheus` at the pager."""
    rules_dir: Path = RULES_DIR
    hosts: Mapping[str, str] = field(default_factory=dict)
    """Where a target listens, by name (`pager` for the pager's); 127.0.0.1 unless named."""


def prometheus_config(settings: PrometheusSettings) -> dict[str, object]:
    """The configuration, as data. JSON is YAML: it is written as such, without a library."""
    jobs = [
        _job("shop", settings.services, settings.hosts),
        _job("load", {"load": settings.load_port}, settings.hosts),
        _job("recorder", {"recorder": settings.recorder_port}, settings.hosts),
    ]
    return {
        "global": {
            "scrape_interval": INTERVAL,
            "scrape_timeout": INTERVAL,
            "evaluation_interval": INTERVAL,
        },
        "storage": {"exemplars": {"max_exemplars": EXEMPLARS_MAX}},
        "rule_files": [str(settings.rules_dir / "*.yml")],
        "scrape_configs": jobs,
        "alerting": {
            "alertmanagers": [_pager(settings)],
        },
    }


def prometheus_spec(settings: PrometheusSettings) -> ProcessSpec:
    """Write the configuration into the run's directory and describe the process."""
    directory = settings.run_dir / "prometheus"
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "prometheus.yml"
    config.write_text(json.dumps(prometheus_config(settings), indent=2) + "\n", encoding="utf-8")
    return ProcessSpec(
        name="prometheus",
        argv=(
            str(settings.binary),
            *arguments(str(config), str(directory / "data"), f"{LOCAL}:{settings.port}"),
        ),
        env=ENVIRONMENT,
        cwd=directory,
        # Not *.jsonl: those are the logs of the shop, which the recorder shows.
        log_path=settings.run_dir / "logs" / "prometheus.log",
        ready_url=f"http://127.0.0.1:{settings.port}/-/ready",
    )


def arguments(config: str, data: str, listen: str) -> tuple[str, ...]:
    """Prometheus's arguments, for paths and an address as it sees them itself."""
    return (
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={RETENTION}",
        f"--storage.tsdb.retention.size={RETENTION_SIZE}",
        f"--web.listen-address={listen}",
        "--rules.alert.resend-delay=2s",
        "--enable-feature=exemplar-storage",
        "--query.timeout=10s",
        "--query.max-concurrency=8",
        "--log.level=warn",
        "--log.format=json",
    )


def _pager(settings: PrometheusSettings) -> dict[str, object]:
    host = settings.hosts.get("pager", LOCAL)
    password = str(settings.pager_password_file)
    return {
        "scheme": "http",
        "api_version": "v2",
        "path_prefix": "/",
        "timeout": "2s",
        "static_configs": [{"targets": [f"{host}:{settings.pager_port}"]}],
        "basic_auth": {"username": "prometheus", "password_file": password},
    }


def _job(name: str, ports: Mapping[str, int], hosts: Mapping[str, str]) -> dict[str, object]:
    return {
        "job_name": name,
        "body_size_limit": SCRAPE_BYTES_MAX,
        "static_configs": [
            {"targets": [f"{hosts.get(service, LOCAL)}:{port}"], "labels": {"service": service}}
            for service, port in ports.items()
        ],
        "metric_relabel_configs": [
            # One sample more for every counter and histogram, of no use to anyone here.
            {"source_labels": ["__name__"], "regex": ".+_created", "action": "drop"},
            # `build_info` names its own service, which Prometheus would move out of the way.
            {"regex": "exported_service", "action": "labeldrop"},
        ],
    }
