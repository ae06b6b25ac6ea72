"""The plan of a stack on this machine: all of it is in the drill's spec."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.bench.kinds import OF_PROCESS
from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import draw
from harness.drill.spec import DrillSpec
from harness.errors import UnknownName
from harness.host.local_plan import load_of, local_parties, stack_plan
from harness.model import Pager, StackPlan
from harness.paths import REPO
from harness.settings import HostSettings
from harness.telemetry.alertmanager import AlertmanagerSettings, alertmanager_config
from harness.tokens import TokenBook

EMBEDDED = Pager("a test has none")
REAL = Pager("0.28.1", ("prometheus-alertmanager",))


@pytest.fixture
def spec(tmp_path: Path) -> DrillSpec:
    """A drawn drill of twice the usual load, at ports of its own."""
    settings = HostSettings(
        scenario="healthy", seed=7, home=tmp_path, scale=2, port_offset=20_000, trace_ratio=0.5
    )
    return draw(Catalog(REPO), settings)


def planned(spec: DrillSpec, pager: Pager = EMBEDDED) -> StackPlan:
    tokens = TokenBook.create(spec.run_dir / "secrets")
    return stack_plan(Path("prometheus"), pager, spec, {}, local_parties(spec), tokens)


def test_the_shop_knows_its_operations_by_the_token_of_the_spec(spec: DrillSpec) -> None:
    plan = planned(spec)
    assert plan.service_env["OPERATIONS_TOKEN"] == spec.operations_token != ""


def test_size_ports_and_share_of_traces_are_those_of_the_spec(spec: DrillSpec) -> None:
    plan = planned(spec)
    assert (plan.capacity_units, plan.port_offset, plan.run_dir) == (2, 20_000, spec.run_dir)
    assert plan.service_env["OTEL_TRACES_SAMPLER_ARG"] == "0.5"
    load = load_of(spec).env
    seed = str(spec.seed_of("load"))
    assert (load["SCALE"], load["LOAD_SEED"], load["SAMPLED_SHARE"]) == ("2.0", seed, "0.5")


def test_a_profile_of_third_parties_that_does_not_exist_is_refused(spec: DrillSpec) -> None:
    unknown = replace(spec.scenario, third_party_profile="clam")
    with pytest.raises(UnknownName, match="clam"):
        local_parties(replace(spec, scenario=unknown))


def test_alertmanager_runs_where_there_is_one_configured_as_in_containers(spec: DrillSpec) -> None:
    (process,) = [one for one in planned(spec, REAL).sidecars if one.name == "alertmanager"]
    config = json.loads((process.cwd / "alertmanager.yml").read_text())
    token_file = str(spec.run_dir / "secrets" / "telemetry.token")
    url = "http://127.0.0.1:28900/webhook/alertmanager"
    assert config == alertmanager_config(AlertmanagerSettings(url, token_file))
    assert "--web.listen-address=127.0.0.1:29093" in process.argv
    assert f"--web.config.file={process.cwd / 'web.yml'}" in process.argv
    assert process.may_be_missing
    users = json.loads((process.cwd / "web.yml").read_text())["basic_auth_users"]
    assert set(users) == {"oncall", "instructor", "prometheus"}
    secrets = {path.read_text() for path in (spec.run_dir / "secrets").glob("*.token")}
    assert not any(secret in json.dumps(users) for secret in secrets)


def test_the_benchmark_takes_no_process_beside_the_shop_for_a_service(spec: DrillSpec) -> None:
    assert {one.name for one in planned(spec, REAL).sidecars} <= set(OF_PROCESS)


def test_without_one_there_is_no_such_process(spec: DrillSpec) -> None:
    assert "alertmanager" not in {one.name for one in planned(spec).sidecars}


@pytest.mark.parametrize("pager", [EMBEDDED, REAL])
def test_prometheus_pages_the_same_port_with_a_password_either_way(
    spec: DrillSpec, pager: Pager
) -> None:
    """So that the host can take over where Alertmanager dies."""
    prometheus = planned(spec, pager).sidecars[0]
    config = json.loads((prometheus.cwd / "prometheus.yml").read_text())
    (told,) = config["alerting"]["alertmanagers"]
    assert told["static_configs"] == [{"targets": ["127.0.0.1:29093"]}]
    assert told["basic_auth"]["username"] == "prometheus"
    assert Path(told["basic_auth"]["password_file"]).read_text()
