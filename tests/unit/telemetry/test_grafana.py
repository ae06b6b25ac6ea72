"""Grafana is given all that its provisioning asks for; nobody may change anything in it."""

from __future__ import annotations

import re
from pathlib import Path

from harness.model import ContainerSpec
from harness.paths import REPO
from harness.telemetry.grafana import HOME, grafana_spec


def spec(folder: Path) -> ContainerSpec:
    return grafana_spec(
        folder,
        url="http://127.0.0.1:13000",
        port=3000,
        prometheus_url="http://prometheus:9090",
        recorder_url="http://recorder:8318",
        token="t",
    )


def test_every_variable_of_the_provisioning_is_given(tmp_path: Path) -> None:
    files = [path.read_text() for path in (REPO / "grafana" / "provisioning").rglob("*.yaml")]
    asked = set(re.findall(r"\$\{(\w+)\}", "".join(files)))
    assert asked
    assert asked <= set(spec(tmp_path).env)


def test_anybody_may_look_and_nobody_may_sign_in(tmp_path: Path) -> None:
    env = spec(tmp_path).env
    assert env["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert env["GF_AUTH_DISABLE_LOGIN_FORM"] == "true"
    other = spec(tmp_path).env
    assert other["GF_SECURITY_ADMIN_PASSWORD"] != env["GF_SECURITY_ADMIN_PASSWORD"]


def test_the_first_page_is_a_dashboard_that_is_there(tmp_path: Path) -> None:
    assert spec(tmp_path).env["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == HOME
    assert (REPO / "grafana" / "dashboards" / Path(HOME).name).is_file()


def test_a_drill_does_without_it(tmp_path: Path) -> None:
    assert spec(tmp_path).may_be_missing
