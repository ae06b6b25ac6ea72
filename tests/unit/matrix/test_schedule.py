"""What is run first where there is not time for all, by what git says has changed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.errors import UsageError
from harness.matrix.checkout import Checkout
from harness.matrix.schedule import Held, budget_s, in_order, read_held, shuffled, write_held
from harness.paths import REPO

CATALOG = Catalog(REPO)
NAMES = ["deadlock", "float-drift", "n-plus-one"]
HELD = {name: Held("c0ffee0000", 60.0) for name in NAMES}


def ordered(*changed: str, held: dict[str, Held] | None = None) -> list[tuple[str, str]]:
    known = HELD if held is None else held
    due = in_order(CATALOG, NAMES, known, lambda _: frozenset(changed))
    return [(one.scenario, one.why) for one in due]


@pytest.mark.parametrize(
    "path",
    [
        "faults/n-plus-one/fix.patch",
        "faults/scenarios/n-plus-one.toml",
        "services/orders/store.py",
    ],
)
def test_a_scenario_whose_own_files_changed_comes_first(path: str) -> None:
    [first, *others] = ordered(path, "README.md")
    assert first == ("n-plus-one", f"{path} changed since it held at c0ffee000")
    assert all("nothing that it depends on" in why or path in why for _, why in others)


def test_what_all_depend_on_comes_before_what_has_not_changed() -> None:
    whys = {
        why
        for _, why in ordered("harness/drill/actions/verify.py", "harness/model.py", "docs/a.md")
    }
    assert whys == {"harness/drill/actions/verify.py and 1 more changed since it held at c0ffee000"}
    assert {why for _, why in ordered("docs/a.md")} == {
        "nothing that it depends on has changed since it held at c0ffee000"
    }


def test_what_is_not_known_to_hold_comes_before_what_changed() -> None:
    held = {"float-drift": Held(None, 60.0), "n-plus-one": Held("c0ffee0000", 60.0)}
    found = ordered("faults/n-plus-one/notes.md", held=held)
    assert found[:2] == [
        ("float-drift", "not known to hold at any commit"),
        ("deadlock", "never run here"),
    ]


def test_a_commit_that_git_does_not_know_is_none_at_all() -> None:
    due = in_order(CATALOG, ["deadlock"], HELD, lambda _: None)
    assert [one.rank for one in due] == [0]


@pytest.mark.parametrize(
    ("text", "seconds"), [("15m", 900), ("900s", 900), ("900", 900), ("1.5h", 5400), (" 2m ", 120)]
)
def test_a_budget_is_a_time(text: str, seconds: float) -> None:
    assert budget_s(text) == seconds


@pytest.mark.parametrize("text", ["", "15 minutes", "-5m", "59s", "0", "m"])
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time limit"):
        budget_s(text)


def test_what_held_is_remembered_and_a_broken_memory_is_none(tmp_path: Path) -> None:
    path = tmp_path / "held.json"
    assert read_held(path) == {}
    write_held(path, HELD)
    assert read_held(path) == HELD
    path.write_text('["x"]')
    assert read_held(path) == {}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    (tmp_path / ".gitignore").write_text("var/\n")
    (tmp_path / "kept").write_text("1")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "first"], check=True)
    return tmp_path


def edited(root: Path) -> None:
    (root / "kept").write_text("2")


def added(root: Path) -> None:
    (root / "new").write_text("1")


def removed(root: Path) -> None:
    (root / "kept").unlink()


@pytest.mark.parametrize(("change", "path"), [(edited, "kept"), (added, "new"), (removed, "kept")])
def test_what_is_not_committed_has_changed(
    repository: Path, change: Callable[[Path], None], path: str
) -> None:
    checkout = Checkout(repository)
    head = checkout.clean_head()
    assert head is not None
    (repository / "var").mkdir()
    (repository / "var" / "ignored").write_text("1")
    assert checkout.changed_since(head) == frozenset()
    change(repository)
    assert checkout.changed_since(head) == {path}
    assert checkout.clean_head() is None


def test_without_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert Checkout(tmp_path).clean_head() is None
    assert Checkout(tmp_path).changed_since("HEAD") is None


def test_of_an_unknown_commit_nothing_is_known(repository: Path) -> None:
    assert Checkout(repository).changed_since("c0ffee00") is None


def test_each_commit_has_an_order_of_its_own() -> None:
    orders = {tuple(shuffled(NAMES, f"{number:040x}")) for number in range(20)}
    assert len(orders) > 1
    assert all(sorted(order) == sorted(NAMES) for order in orders)
    assert shuffled(NAMES, "1a2b") == shuffled(NAMES, "1a2b")
