"""Prometheus in its container: our rules load, and a service from its image is scraped."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from harness.model import ServiceEntry
from harness.telemetry.prometheus_server import (
    RULES_DIR,
    PrometheusSettings,
    arguments,
    prometheus_config,
)
from harness.waiting import wait_until_sync
from tests.containers.conftest import Start, until_answering

pytestmark = [pytest.mark.engine, pytest.mark.live, pytest.mark.timeout(200)]
PORT = 9090
CONFIG = "/etc/prometheus/prometheus.yml"


@pytest.fixture(scope="module")
def prometheus(
    start: Start,
    images: dict[str, str],
    service_images: dict[str, str],
    topology: tuple[ServiceEntry, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Its URL; it scrapes the gateway, the one service that needs no database."""
    folder = tmp_path_factory.mktemp("prometheus")
    gateway = next(entry for entry in topology if entry.name == "gateway")
    peers = {f"{peer.name.upper()}_URL": f"http://{peer.name}:{peer.port}" for peer in topology}
    env = {**peers, "SERVICE_VERSION": gateway.version, "PYTHONPATH": "/srv"}
    env |= {"SERVICE_COMMIT": "clean", "OPERATIONS_TOKEN": "a token"}
    serve = ["uvicorn", "services.gateway.app:create_app", "--factory"]
    command = [*serve, "--host", "0.0.0.0", "--port", str(gateway.port)]
    start(service_images["gateway"], "gateway", gateway.port, command, env=env)
    config = prometheus_config(
        PrometheusSettings(
            binary=Path("prometheus"),
            run_dir=folder,
            port=PORT,
            services={"gateway": gateway.port},
            load_port=1,
            recorder_port=1,
            pager_port=1,
            pager_password_file=Path("/nowhere"),
            rules_dir=Path("/etc/prometheus/rules"),
            hosts={"gateway": "gateway"},
        )
    )
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(config))
    folder.chmod(0o755)
    argv = ["prometheus", *arguments(CONFIG, "/tmp/data", f"0.0.0.0:{PORT}")]
    files = {file: CONFIG, RULES_DIR: "/etc/prometheus/rules"}
    container = start(images["PROMETHEUS_IMAGE"], "prometheus", PORT, argv, files=files)
    return until_answering(container, PORT, "/-/ready")


def test_it_loads_all_our_rules_without_an_error(prometheus: str) -> None:
    groups = httpx.get(f"{prometheus}/api/v1/rules", trust_env=False).json()["data"]["groups"]
    loaded = {Path(group["file"]).name for group in groups}
    assert loaded == {path.name for path in RULES_DIR.glob("*.yml")}
    assert [rule["lastError"] for g in groups for rule in g["rules"] if rule.get("lastError")] == []


def test_it_scrapes_a_service_with_the_labels_that_the_rules_use(prometheus: str) -> None:
    def scraped() -> list[object]:
        params = {"query": 'up{job="shop",service="gateway"} == 1'}
        answer = httpx.get(f"{prometheus}/api/v1/query", params=params, trust_env=False).json()
        result: list[object] = answer["data"]["result"]
        return result

    assert len(wait_until_sync(scraped, timeout_s=30, what="a scrape of the gateway")) == 1
