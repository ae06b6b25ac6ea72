"""Each fix brings a test that its release fails: what would have kept it from being shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.authoring.checks import fails, files_with_tests_in
from harness.authoring.patched_services import PatchedServices, released
from harness.catalog.reader import Catalog
from harness.paths import REPO

CATALOG = Catalog(REPO)


@pytest.mark.parametrize("name", CATALOG.fault_ids())
def test_a_fix_brings_the_test_that_would_have_caught_its_release(
    tmp_path: Path, name: str
) -> None:
    fault = CATALOG.fault(name)
    services = PatchedServices(tmp_path)
    for patch in released(fault):
        services.apply(patch)
    services.apply(fault.fix_patch, only="services/*/tests/*")
    brought = files_with_tests_in(fault.fix_patch)
    assert any(fails(services, fault.service, name) for name in brought), brought


def test_a_test_that_the_release_passes_catches_nothing(tmp_path: Path) -> None:
    """Negative control."""
    assert not fails(PatchedServices(tmp_path), "c", "test_domain.py")
