"""A bad release gets past everything that its author could have run, and so does its fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.authoring.patched_services import ChecksFailed, PatchedServices, released, shipped
from harness.catalog.reader import Catalog
from harness.paths import REPO

CATALOG = Catalog(REPO)
FAULTS = CATALOG.fault_ids()
DECOYS = [name for name in CATALOG.decoy_ids() if CATALOG.decoy(name).release.patch]


EVERY_STATE = pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name in FAULTS for state in shipped(CATALOG.fault(name))]
)


def patched(folder: Path, name: str, state: str) -> PatchedServices:
    services = PatchedServices(folder)
    for patch in shipped(CATALOG.fault(name))[state]:
        services.apply(patch)
    return services


@EVERY_STATE
def test_a_release_and_its_fix_pass_their_services_style_and_types(
    tmp_path: Path, name: str, state: str
) -> None:
    patched(tmp_path, name, state).lint(CATALOG.fault(name).service)


@EVERY_STATE
def test_a_release_and_its_fix_pass_their_services_tests(
    tmp_path: Path, name: str, state: str
) -> None:
    patched(tmp_path, name, state).test(CATALOG.fault(name).service)


def test_a_fix_is_checked_for_each_fault_and_a_release_for_each_that_has_one() -> None:
    for name in FAULTS:
        states = set(shipped(CATALOG.fault(name)))
        assert states == ({"release", "fix"} if CATALOG.fault(name).release else {"fix"})


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


def test_a_type_that_was_right_a_moment_ago_is_checked_again(tmp_path: Path) -> None:
    """Negative control of the shared cache: the clean file's entry does not stand for another."""
    services = PatchedServices(tmp_path)
    services.lint("c")
    domain = services.root / "services/c/domain.py"
    domain.write_text(domain.read_text() + '\n\nCOUNT: int = "many"\n')
    with pytest.raises(ChecksFailed, match="Incompatible types in assignment"):
        services.lint("c")
    domain.write_text(domain.read_text().replace('"many"', "1234567"))
    services.lint("c")


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
