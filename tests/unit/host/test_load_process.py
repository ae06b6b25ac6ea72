"""How the runtime is asked to run the load."""

from __future__ import annotations

import pytest

from harness.errors import UnknownName
from harness.host.load_process import expected_requests_per_s, load_spec
from loadgen.settings import PROFILES, Settings


def test_the_load_understands_the_environment_that_it_is_given(tmp_path, monkeypatch):
    spec = load_spec(
        tmp_path, port_offset=10_000, profile="surge", scale=2, seed=9, sampled_share=0.5,
        workers=3, remark="restart it",
    )  # fmt: skip
    for name, value in spec.env.items():
        monkeypatch.setenv(name, value)
    assert Settings().model_dump() == {
        "gateway_url": "http://127.0.0.1:18000",
        "catalogue_file": tmp_path / "catalogue.json",
        "load_profile": str(PROFILES / "surge.toml"),
        "control_file": tmp_path / "secrets" / "load" / "profile",
        "scale": 2.0,
        "metrics_host": "127.0.0.1",
        "metrics_port": 18_646,
        "load_seed": 9,
        "sampled_share": 0.5,
        "load_workers": 3,
        "load_master_port": 0,
        "client_timeout_ms": 12_000,
        "client_remark": "restart it",
    }
    assert spec.ready_url == "http://127.0.0.1:18646/healthz"


def test_the_requests_a_second_of_a_steady_load_are_the_sum_of_its_journeys():
    assert expected_requests_per_s("steady") == 30


def test_an_unknown_profile_is_refused_before_anything_starts(tmp_path):
    with pytest.raises(UnknownName, match="did you mean steady"):
        load_spec(tmp_path, port_offset=0, profile="stedy", scale=1, seed=0)
