"""Our own topology, decoys and scenarios are well-formed and say what drills rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.catalog.reader import Catalog

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(ROOT)


def test_everything_in_the_catalog_can_be_read(catalog: Catalog) -> None:
    assert catalog.topology()
    assert catalog.scenarios()
    assert catalog.families()
    for fault in catalog.faults():
        assert fault.id in catalog.scenario_ids()


def test_every_service_has_decoys_and_one_changes_no_code(catalog: Catalog) -> None:
    services = [decoy.release.service for decoy in catalog.decoys()]
    assert len(services) >= 10
    assert {entry.name for entry in catalog.topology()} == set(services)
    assert any(decoy.release.patch is None for decoy in catalog.decoys())


def test_each_drill_has_enough_harmless_releases_beside_the_bad_one(catalog: Catalog) -> None:
    for scenario in catalog.scenarios():
        bad = {catalog.fault(id_).service for id_ in scenario.faults}
        others = {catalog.decoy(id_).release.service for id_ in scenario.decoys} - bad
        assert scenario.id == "healthy" or len(others) >= 3
