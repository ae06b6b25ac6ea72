"""The checkout that this runs from, as git sees it: where it stands, and what has changed since."""

from __future__ import annotations

from pathlib import Path

from harness.errors import DrillError
from harness.workspace.git import Git


class Checkout:
    """The repository at `root`; where there is none, or no git, nothing is known of it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._git = Git(root / ".git")

    def clean_head(self) -> str | None:
        """The commit whose content this is; None with changes that are not committed, too."""
        return self._ask("rev-parse", "HEAD") if self.changed_since("HEAD") == frozenset() else None

    def changed_since(self, commit: str) -> frozenset[str] | None:
        """Paths that differ from `commit`, new files included; None where that is not known."""
        changed = self._ask("diff", "--name-only", "--no-renames", "-z", commit, "--")
        new = self._ask("ls-files", "--others", "--exclude-standard", "-z")
        if changed is None or new is None:
            return None
        return frozenset(path for path in (*changed.split("\0"), *new.split("\0")) if path)

    def _ask(self, *question: str) -> str | None:
        try:
            return self._git.text(f"--work-tree={self._root}", *question)
        except DrillError:
            return None
