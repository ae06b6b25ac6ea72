"""A bad release gets past everything that its author could have run, and so does its fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from tests.faults.patched import ROOT, ChecksFailed, PatchedServices, released

CATALOG = Catalog(ROOT)
FAULTS = CATALOG.fault_ids()
DECOYS = [name for name in CATALOG.decoy_ids() if CATALOG.decoy(name).release.patch]


@pytest.mark.parametrize("name", FAULTS)
def test_a_release_and_its_fix_pass_their_services_checks(tmp_path: Path, name: str) -> None:
    fault = CATALOG.fault(name)
    services = PatchedServices(tmp_path)
    for patch in (*released(fault), fault.fix_patch):
        services.apply(patch)
        services.lint(fault.service)
        services.test(fault.service)


@pytest.mark.parametrize("name", DECOYS)
def test_a_decoy_passes_its_services_style_and_types(tmp_path: Path, name: str) -> None:
    release = CATALOG.decoy(name).release
    assert release.patch is not None
    services = PatchedServices(tmp_path)
    services.apply(release.patch)
    services.lint(release.service)


@pytest.mark.parametrize(
    ("name", "cheat"),
    [(name, patch.stem) for name in FAULTS for patch in CATALOG.fault(name).cheat_patches],
)
def test_a_cheat_could_run(tmp_path: Path, name: str, cheat: str) -> None:
    fault = CATALOG.fault(name)
    services = PatchedServices(tmp_path)
    for patch in released(fault):
        services.apply(patch)
    services.apply(fault.folder / "cheats" / f"{cheat}.patch")
    services.find_mistakes(fault.service)


def test_a_release_that_breaks_a_type_is_noticed(tmp_path: Path) -> None:
    services = PatchedServices(tmp_path)
    domain = services.root / "services/users/domain.py"
    domain.write_text(domain.read_text() + "\n\nCOUNT: int = 'many'\n".replace("'", '"'))
    with pytest.raises(ChecksFailed, match="Incompatible types in assignment"):
        services.lint("users")


def test_a_release_that_breaks_a_behaviour_is_noticed(tmp_path: Path) -> None:
    services = PatchedServices(tmp_path)
    routes = services.root / "services/users/routes.py"
    routes.write_text(routes.read_text().replace("/users/lookup", "/users/find"))
    with pytest.raises(ChecksFailed, match="failed"):
        services.test("users")


def test_a_cheat_that_could_not_run_is_noticed(tmp_path: Path) -> None:
    services = PatchedServices(tmp_path)
    routes = services.root / "services/users/routes.py"
    routes.write_text(routes.read_text() + "\nprint(no_such_name)\n")
    with pytest.raises(ChecksFailed, match="no_such_name"):
        services.find_mistakes("users")
