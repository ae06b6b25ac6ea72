"""How the runtime is asked to run the load."""

from __future__ import annotations

from harness.loading import load_spec
from loadgen.settings import Settings


def test_the_load_understands_the_environment_that_it_is_given(tmp_path, monkeypatch):
    spec = load_spec(
        tmp_path, port_offset=10_000, profile="surge", scale=2, seed=9, sampled_share=0.5
    )
    for name, value in spec.env.items():
        monkeypatch.setenv(name, value)
    assert Settings().model_dump() == {
        "gateway_url": "http://127.0.0.1:18000",
        "catalogue_file": tmp_path / "catalogue.json",
        "load_profile": "surge",
        "scale": 2.0,
        "metrics_port": 18_646,
        "load_seed": 9,
        "sampled_share": 0.5,
        "client_timeout_ms": 12_000,
    }
    assert spec.ready_url == "http://127.0.0.1:18646/healthz"
