"""The plan of a stack on this machine: all of it is in the drill's spec."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import draw
from harness.drill.spec import DrillSpec
from harness.errors import UnknownName
from harness.host.local_plan import load_of, local_parties, stack_plan
from harness.paths import REPO
from harness.settings import HostSettings


@pytest.fixture
def spec(tmp_path: Path) -> DrillSpec:
    """A drawn drill of twice the usual load, at ports of its own."""
    settings = HostSettings(
        scenario="healthy", seed=7, home=tmp_path, scale=2, port_offset=20_000, trace_ratio=0.5
    )
    return draw(Catalog(REPO), settings)


def test_the_shop_knows_its_operations_by_the_token_of_the_spec(spec: DrillSpec) -> None:
    plan = stack_plan(Path("prometheus"), spec, {}, local_parties(spec))
    assert plan.service_env["OPERATIONS_TOKEN"] == spec.operations_token != ""


def test_size_ports_and_share_of_traces_are_those_of_the_spec(spec: DrillSpec) -> None:
    plan = stack_plan(Path("prometheus"), spec, {}, local_parties(spec))
    assert (plan.capacity_units, plan.port_offset, plan.run_dir) == (2, 20_000, spec.run_dir)
    assert plan.service_env["OTEL_TRACES_SAMPLER_ARG"] == "0.5"
    load = load_of(spec).env
    seed = str(spec.seed_of("load"))
    assert (load["SCALE"], load["LOAD_SEED"], load["SAMPLED_SHARE"]) == ("2.0", seed, "0.5")


def test_a_profile_of_third_parties_that_does_not_exist_is_refused(spec: DrillSpec) -> None:
    unknown = replace(spec.scenario, third_party_profile="clam")
    with pytest.raises(UnknownName, match="clam"):
        local_parties(replace(spec, scenario=unknown))
