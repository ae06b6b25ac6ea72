"""The configuration that a drill's Prometheus is given."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

from harness.telemetry.prometheus_server import (
    PrometheusSettings,
    prometheus_config,
    prometheus_spec,
)


def test_the_configuration_passes_promtool(
    promtool: Path, prometheus_binary: Path, tmp_path: Path
) -> None:
    settings = PrometheusSettings(
        binary=prometheus_binary,
        run_dir=tmp_path,
        port=19090,
        services={"gateway": 18000, "c": 18013},
        load_port=18646,
        recorder_port=18318,
        pager_port=18900,
        pager_password_file=tmp_path / "token",
    )
    settings.pager_password_file.write_text("t")
    spec = prometheus_spec(settings)
    check = [promtool, "check", "config", spec.cwd / "prometheus.yml"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--web.listen-address=127.0.0.1:19090" in spec.argv
    assert not any("admin" in word or "lifecycle" in word for word in spec.argv)
    jobs = prometheus_config(replace(settings, services={}))["scrape_configs"]
    assert isinstance(jobs, list)
    assert jobs[0]["static_configs"] == []
