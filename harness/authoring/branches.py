"""The clone that a fault is written in: a branch for each of its patches.

`var/author/<id>/` is a clone of the checkout. `release` goes on `main`, `fix` and every
`cheat-<name>` go on `release`, and each is one commit. The fault's own files lie in the clone's
`faults/`, where no branch has them, until they are published into the checkout.
"""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.errors import DrillError, UsageError
from harness.people import Person
from harness.workspace.git import Git, GitFailed

MAIN, RELEASE, FIX, CHEAT = "main", "release", "fix", "cheat-"
COMMITTER = Person("Release Engineering")
"""Of what is carried over to newer sources: the author stays who they were."""


class Conflict(DrillError):
    """A patch does not fit newer sources by itself; the clone waits for somebody to mend it."""


@dataclass(frozen=True)
class AuthorsClone:
    """The clone of one fault."""

    id: str
    root: Path

    @classmethod
    def of(cls, home: Path, fault_id: str) -> AuthorsClone:
        """Where the clone of a fault is, or would be."""
        return cls(fault_id, home / "author" / fault_id)

    @property
    def fault_folder(self) -> Path:
        return self.root / "faults" / self.id

    @property
    def scenario(self) -> Path:
        return self.root / "faults" / "scenarios" / f"{self.id}.toml"

    @property
    def exists(self) -> bool:
        return (self.root / ".git").is_dir()

    def create(self, checkout: Path, author: Person) -> None:
        """Clone the checkout's newest commit, with `author` as who commits. Raises UsageError where
        there is a clone already."""
        if self.root.exists():
            raise UsageError(f"{self.root} exists", f"go on in it, or remove it: rm -r {self.root}")
        self.root.parent.mkdir(parents=True, exist_ok=True)
        Git(checkout / ".git").run("clone", "--quiet", str(checkout), str(self.root))
        self._git("checkout", "--quiet", "-B", MAIN)
        self._git("config", "user.name", author.name)
        self._git("config", "user.email", author.email)

    def begin(self, branch: str, base: str) -> None:
        """Make a branch and stand on it."""
        self._git("checkout", "--quiet", "-b", branch, base)

    def branches(self) -> list[str]:
        """The branches that become patches, in the order of their files."""
        return [name for name in self._heads() if name in (RELEASE, FIX) or name.startswith(CHEAT)]

    def export(self) -> list[Path]:
        """Write each branch's one commit as a patch into the fault's folder, files that it adds
        included; patches of cheats that have no branch any more go. Raises UsageError for a branch
        that is not exactly one commit on its base, and for work that is not committed."""
        if dirty := self._git("status", "--porcelain", "--", "services"):
            what = ", ".join(line.split(maxsplit=1)[1] for line in dirty.splitlines())
            raise UsageError(f"not committed in {self.root}: {what}", "git add, git commit -a")
        written = [self._write(branch) for branch in self.branches()]
        for patch in self.fault_folder.glob("cheats/*.patch"):
            if patch not in written:
                patch.unlink()
        return written

    def write_clean_tree(self, folder: Path) -> None:
        """The checkout as `main` has it, with this fault's files as they are now."""
        with tarfile.open(fileobj=io.BytesIO(self._run("archive", "--format=tar", MAIN))) as tar:
            tar.extractall(folder, filter="data")
        shutil.rmtree(folder / "faults" / self.id, ignore_errors=True)
        shutil.copytree(self.fault_folder, folder / "faults" / self.id)
        if self.scenario.is_file():
            shutil.copyfile(self.scenario, folder / "faults" / "scenarios" / self.scenario.name)

    def adopt(self) -> None:
        """Bring the committed patches of a published fault in as branches, at the commit at which
        they were last written: they fit there. Raises UsageError where they were never committed.
        """
        written = self._git("log", "-1", "--format=%H", "--", f"faults/{self.id}")
        if not written:
            raise UsageError(f"faults/{self.id} was never committed", "commit it first")
        release = self.fault_folder / "release.patch"
        base = self._as_branch(_old(RELEASE), written, release) if release.is_file() else written
        for branch, patch in self._on_top():
            self._as_branch(_old(branch), base, patch)

    def carry_over(self) -> None:
        """Put each branch of `adopt` onto today's sources. What was carried over before stays.

        Raises Conflict where somebody has to decide; called again after that, it goes on. Raises
        UsageError for a clone whose branches stand on older sources and stay there.
        """
        if (self.root / ".git" / "CHERRY_PICK_HEAD").exists():
            raise self._conflict("a commit is still being carried over")
        done = self.branches()
        if len(done) > len(list(self._old_ones())) or self._is_behind():
            raise UsageError(
                f"the branches of {self.root} stay on the sources that they were begun on",
                f"export, publish and commit what is in it; then rm -r {self.root}, and renew",
            )
        has_release = _old(RELEASE) in self._heads()
        base = RELEASE if has_release else MAIN
        if has_release and RELEASE not in done:
            self._carry(RELEASE, MAIN)
        for branch, _ in self._on_top():
            if branch not in done:
                self._carry(branch, base)

    def _old_ones(self) -> Iterable[str]:
        return (name for name in self._heads() if name.startswith(_old("")))

    def _is_behind(self) -> bool:
        """Whether the checkout has newer sources than those that this clone carries over to."""
        newest = self._git("ls-remote", "origin", "HEAD").split()[0]
        return self._git("rev-parse", MAIN).strip() != newest

    def _carry(self, branch: str, base: str) -> None:
        self.begin(branch, base)
        try:
            self._git("-c", f"user.name={COMMITTER.name}", "cherry-pick", _old(branch))
        except GitFailed as failed:
            raise self._conflict(f"'{branch}' does not fit today's sources") from failed

    def _conflict(self, what: str) -> Conflict:
        files = self._git("diff", "--name-only", "--diff-filter=U").split()
        return Conflict(
            f"{what}: {', '.join(files) or 'nothing is left to mend'}",
            f"cd {self.root}; mend it, git add, git cherry-pick --continue; then the same again",
        )

    def _on_top(self) -> Iterable[tuple[str, Path]]:
        yield FIX, self.fault_folder / "fix.patch"
        for patch in sorted(self.fault_folder.glob("cheats/*.patch")):
            yield f"{CHEAT}{patch.stem}", patch

    def _as_branch(self, branch: str, base: str, patch: Path) -> str:
        self.begin(branch, base)
        self._git("am", "--quiet", str(patch))
        return branch

    def _write(self, branch: str) -> Path:
        base = MAIN if branch == RELEASE or RELEASE not in self.branches() else RELEASE
        commits = self._git("rev-list", f"{base}..{branch}").split()
        if len(commits) != 1:
            raise UsageError(
                f"'{branch}' is {len(commits)} commits on '{base}', one is expected",
                f"in {self.root}: git checkout {branch}; git rebase {base}, or git commit --amend",
            )
        name = f"cheats/{branch.removeprefix(CHEAT)}" if branch.startswith(CHEAT) else branch
        path = self.fault_folder / f"{name}.patch"
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = ("--zero-commit", "--no-signature", "--stdout")
        path.write_bytes(self._run("format-patch", "-1", *flags, branch))
        return path

    def _heads(self) -> list[str]:
        return self._git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def _git(self, *arguments: str) -> str:
        return self._run(*arguments).decode(errors="replace").strip()

    def _run(self, *arguments: str) -> bytes:
        return Git(self.root / ".git").run("-C", str(self.root), *arguments)


def _old(branch: str) -> str:
    """The branch as it was when its patch was written."""
    return f"old/{branch}"


def publish(clone: AuthorsClone, checkout: Path) -> list[Path]:
    """Copy the fault's folder and its scenario into the checkout; what was written."""
    target = checkout / "faults" / clone.id
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(clone.fault_folder, target)
    written = [path for path in sorted(target.rglob("*")) if path.is_file()]
    if clone.scenario.is_file():
        scenario = checkout / "faults" / "scenarios" / clone.scenario.name
        shutil.copyfile(clone.scenario, scenario)
        written.append(scenario)
    return written
