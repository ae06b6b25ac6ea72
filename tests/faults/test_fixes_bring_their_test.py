"""Each fix brings a test that its release fails: what would have kept it from being shipped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from tests.faults.patched import ROOT, ChecksFailed, PatchedServices, released

CATALOG = Catalog(ROOT)


@pytest.mark.parametrize("name", CATALOG.fault_ids())
def test_a_fix_brings_the_test_that_would_have_caught_its_release(
    tmp_path: Path, name: str
) -> None:
    fault = CATALOG.fault(name)
    services = PatchedServices(tmp_path)
    for patch in released(fault):
        services.apply(patch)
    services.apply(fault.fix_patch, only="services/*/tests/*")
    brought = names_of_tests_in(fault.fix_patch)
    assert any(is_failing(services, fault.service, file) for file in brought), brought


def names_of_tests_in(patch: Path) -> list[str]:
    """The names of the files with tests that a patch changes."""
    pattern = r"^\+\+\+ b/services/\w+/tests/(test_\w+\.py)$"
    return [str(name) for name in re.findall(pattern, patch.read_text(), re.MULTILINE)]


def is_failing(services: PatchedServices, service: str, file: str) -> bool:
    try:
        services.test(service, file)
    except ChecksFailed as failed:
        return " failed" in failed.output
    return False


def test_a_test_that_the_release_passes_catches_nothing(tmp_path: Path) -> None:
    """Negative control."""
    assert not is_failing(PatchedServices(tmp_path), "c", "test_domain.py")
