"""A fault is written in a clone: a branch for each patch, which moved sources do not end."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.authoring.branches import FIX, MAIN, RELEASE, AuthorsClone, Conflict, publish
from harness.errors import UsageError
from harness.people import PEOPLE

SOURCE = "services/c/domain.py"
LINES = [f"LINE_{number} = {number}" for number in range(30)]


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Mira Osei", "-c", "user.email=mira.osei@northgoods.example")
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(root: Path, changes: dict[str, str], message: str) -> None:
    for path, text in changes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "add", *changes)
    git(root, "commit", "-qm", message)


def source(**changed: str) -> str:
    """The source, with lines replaced by their number."""
    lines = [changed.get(f"line_{number}", text) for number, text in enumerate(LINES)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    commit(root, {SOURCE: source(), "faults/scenarios/other.toml": "\n"}, "the shop")
    return root


@pytest.fixture
def clone(checkout: Path, tmp_path: Path) -> AuthorsClone:
    """A clone in which a release, its fix and a cheat are written."""
    clone = AuthorsClone.of(tmp_path / "var", "half-a-page")
    clone.create(checkout, PEOPLE[0])
    clone.begin(RELEASE, MAIN)
    new = {SOURCE: source(line_10="LINE_10 = 11"), "services/c/paging.py": "SIZE = 20\n"}
    commit(clone.root, new, "c: pages\n\nTwenty at a time.")
    clone.begin(FIX, RELEASE)
    commit(clone.root, {SOURCE: source(line_10="LINE_10 = 12")}, "c: whole pages")
    clone.begin("cheat-1-first", RELEASE)
    commit(clone.root, {SOURCE: source(line_10="LINE_10 = 0")}, "c: the first page")
    return clone


def test_each_branch_becomes_a_patch_with_the_files_that_it_adds(
    clone: AuthorsClone, checkout: Path
) -> None:
    written = clone.export()
    assert [path.relative_to(clone.fault_folder).as_posix() for path in written] == [
        "cheats/1-first.patch",
        "fix.patch",
        "release.patch",
    ]
    for path in (clone.fault_folder / "release.patch", clone.fault_folder / "fix.patch"):
        git(checkout, "apply", str(path))
    assert (checkout / "services/c/paging.py").read_text() == "SIZE = 20\n"
    assert "LINE_10 = 12" in (checkout / SOURCE).read_text()


def test_the_patch_of_a_cheat_without_a_branch_goes(clone: AuthorsClone) -> None:
    clone.export()
    git(clone.root, "checkout", "-q", RELEASE)
    git(clone.root, "branch", "-m", "cheat-1-first", "cheat-1-only-the-first")
    clone.export()
    names = [path.name for path in clone.fault_folder.glob("cheats/*")]
    assert names == ["1-only-the-first.patch"]


def test_what_is_not_committed_or_not_one_commit_is_refused(clone: AuthorsClone) -> None:
    (clone.root / SOURCE).write_text(source(line_3="LINE_3 = 4"))
    with pytest.raises(UsageError, match=f"not committed in .*: {SOURCE}"):
        clone.export()
    git(clone.root, "commit", "-qam", "c: more")
    with pytest.raises(UsageError, match="'cheat-1-first' is 2 commits on 'release'"):
        clone.export()


def test_a_clone_is_never_made_over_another(clone: AuthorsClone, checkout: Path) -> None:
    with pytest.raises(UsageError, match="exists"):
        clone.create(checkout, PEOPLE[0])


@pytest.fixture
def published(clone: AuthorsClone, checkout: Path) -> Path:
    """The checkout with the fault in it, committed."""
    clone.export()
    publish(clone, checkout)
    git(checkout, "add", "faults")
    git(checkout, "commit", "-qm", "a fault")
    return checkout


def renewed(checkout: Path, home: Path) -> AuthorsClone:
    clone = AuthorsClone.of(home, "half-a-page")
    clone.create(checkout, PEOPLE[1])
    clone.adopt()
    return clone


def fits(clone: AuthorsClone, checkout: Path) -> bool:
    """Whether release and each patch on top of it apply to the checkout's sources as they are."""
    for on_top in ("fix.patch", "cheats/1-first.patch"):
        try:
            for name in ("release.patch", on_top):
                git(checkout, "apply", str(clone.fault_folder / name))
        except subprocess.CalledProcessError:
            return False
        finally:
            git(checkout, "checkout", "-q", "--", "services")
            git(checkout, "clean", "-qf", "services")
    return True


def test_patches_are_carried_over_to_sources_that_moved(published: Path, tmp_path: Path) -> None:
    moved = source(line_8="LINE_8 = 80", line_12="LINE_12 = 120")
    commit(published, {SOURCE: moved}, "c: other numbers")
    clone = renewed(published, tmp_path / "other")
    assert not fits(clone, published), "the context of the hunk has changed"
    clone.carry_over()
    clone.export()
    assert fits(clone, published)
    assert "From: Mira Osei" in (clone.fault_folder / "release.patch").read_text()


def test_a_clone_that_stays_on_older_sources_says_so(
    clone: AuthorsClone, published: Path, tmp_path: Path
) -> None:
    """One that was begun by hand, and one that was carried over before the sources moved again."""
    with pytest.raises(UsageError, match="stay on the sources"):
        clone.carry_over()
    other = renewed(published, tmp_path / "other")
    other.carry_over()
    other.carry_over()
    commit(published, {SOURCE: source(line_8="LINE_8 = 80")}, "c: another number")
    with pytest.raises(UsageError, match="rm -r"):
        other.carry_over()


def test_where_somebody_has_to_decide_the_file_is_named_and_it_goes_on_after(
    published: Path, tmp_path: Path
) -> None:
    commit(published, {SOURCE: source(line_10="LINE_10 = 100")}, "c: a hundred")
    clone = renewed(published, tmp_path / "other")
    for meant in ("LINE_10 = 11", "LINE_10 = 0"):
        with pytest.raises(Conflict, match=SOURCE):
            clone.carry_over()
        with pytest.raises(Conflict, match="still being carried over"):
            clone.carry_over()
        (clone.root / SOURCE).write_text(source(line_10=meant))
        git(clone.root, "add", SOURCE)
        git(clone.root, "-c", "core.editor=true", "cherry-pick", "--continue")
        if meant == "LINE_10 = 11":
            # What goes on top then fits by itself: it changes the line that was mended.
            break
    clone.carry_over()
    clone.export()
    assert fits(clone, published)
