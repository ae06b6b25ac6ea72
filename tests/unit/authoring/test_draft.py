"""The draft of a fault has every key, and is refused until it is filled in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from harness.authoring.draft import Draft, next_patch
from harness.catalog.faults import FaultFile
from harness.catalog.files import ScenarioFile, Source
from harness.catalog.known_names import KnownNames
from harness.catalog.reader import Catalog
from harness.errors import BadFile, UnknownName, UsageError
from harness.paths import REPO

CATALOG, NAMES = Catalog(REPO), KnownNames(REPO)


@pytest.fixture
def draft() -> Draft:
    return Draft.of(CATALOG, "half-a-page", "orders", "n-plus-one")


def test_a_draft_that_nobody_filled_in_is_refused_at_its_first_empty_value(
    draft: Draft, tmp_path: Path
) -> None:
    path = tmp_path / "fault.toml"
    path.write_text(draft.fault_toml(NAMES))
    with pytest.raises(BadFile, match=r"fault.toml:1: 'title'"):
        Source(path).parse(FaultFile)


def test_a_draft_that_is_filled_in_is_a_fault_and_a_scenario(draft: Draft, tmp_path: Path) -> None:
    path = tmp_path / "fault.toml"
    path.write_text(draft.fault_toml(NAMES).replace('""', '"something"'))
    read = Source(path).parse(FaultFile)
    assert (read.service, read.mechanism.value) == ("orders", "n-plus-one")
    scenario = tmp_path / "half-a-page.toml"
    scenario.write_text(draft.scenario_toml(CATALOG, NAMES).replace('""', '"something"'))
    assert Source(scenario).parse(ScenarioFile).faults == ["half-a-page"]


def test_comments_name_what_a_value_may_be(draft: Draft) -> None:
    text = " ".join(draft.fault_toml(NAMES).replace("#", " ").split())
    for name in (*NAMES.alerts, "checkout_success_ratio ≥ 0.98", "database-failover", "overload"):
        assert name in text


def test_the_same_fault_has_the_same_author_and_the_service_its_next_version(draft: Draft) -> None:
    again = Draft.of(CATALOG, "half-a-page", "orders", "n-plus-one")
    assert again == draft
    release = tomllib.loads(draft.fault_toml(NAMES))["release"]
    before = next(one.version for one in CATALOG.topology() if one.name == "orders")
    assert (release["version_from"], release["version_to"]) == (before, next_patch(before))
    assert release["author_name"] == draft.author.name


@pytest.mark.parametrize(
    ("fault_id", "service", "mechanism", "error", "told"),
    [
        ("half-a-page", "order", "n-plus-one", UnknownName, "orders"),
        ("half-a-page", "orders", "n+1", UnknownName, "n-plus-one"),
        ("deadlock", "orders", "n-plus-one", UsageError, "already"),
        ("outage-3am", "orders", "n-plus-one", UsageError, "already"),
        ("../x", "orders", "n-plus-one", UsageError, "no id"),
        ("Half", "orders", "n-plus-one", UsageError, "no id"),
    ],
)
def test_what_cannot_become_a_fault_is_refused(
    fault_id: str, service: str, mechanism: str, error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as refused:
        Draft.of(CATALOG, fault_id, service, mechanism)
    assert told in str(refused.value)
