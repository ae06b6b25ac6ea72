"""What a drill is, before anything starts: fixed, complete, and without secrets in its text."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import draw
from harness.drill.spec import DrillSpec
from harness.errors import UnknownName
from harness.paths import REPO
from harness.settings import HostSettings

WEBHOOK = "https://hooks.example/services/T0/secret"


@pytest.fixture
def spec(tmp_path: Path) -> DrillSpec:
    settings = HostSettings.model_validate(
        {"scenario": "healthy", "home": tmp_path, "slack_webhook_url": WEBHOOK}
    )
    return draw(Catalog(REPO), settings, ai_vendors=frozenset({"openai"}))


def test_nothing_of_it_changes_while_the_drill_runs(spec: DrillSpec) -> None:
    with pytest.raises(FrozenInstanceError):
        spec.operations_token = "another"  # type: ignore[misc]


def test_what_the_environment_adds_is_in_it_from_the_beginning(spec: DrillSpec) -> None:
    assert (spec.channel_url, spec.ai_vendors) == (WEBHOOK, {"openai"})


def test_its_text_tells_no_secret(spec: DrillSpec) -> None:
    assert WEBHOOK not in repr(spec)
    assert spec.operations_token not in repr(spec)
    assert spec.drill_id in repr(spec), "what is no secret is told"


def test_the_addresses_are_those_of_its_ports(spec: DrillSpec) -> None:
    for name, port in spec.ports.services.items():
        assert spec.places.services[name] == f"http://127.0.0.1:{port}"


def test_a_service_that_the_shop_lacks_is_named_with_the_nearest(spec: DrillSpec) -> None:
    spec.require_service("payments")
    with pytest.raises(UnknownName, match="did you mean payments"):
        spec.require_service("paymens")
