"""The participants' repository, touched as files only.

Git never runs in it, so nothing of its configuration, hooks, attributes or filters can run here.
No symbolic link in it is followed, so nothing outside of it is read or written.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError

REF_BYTES_MAX = 4_096
PACKED_REFS_BYTES_MAX = 4_000_000
_COMMIT = re.compile(r"[0-9a-f]{40}")
_BRANCH = re.compile(r"refs/heads/[A-Za-z0-9_][A-Za-z0-9._/+-]*")
_RESTORE = "make the workspace anew, or undo what was done to its .git"


@dataclass(frozen=True)
class Head:
    """What is checked out: a commit, and the branch it is on (None: detached)."""

    commit: str
    branch: str | None


class ParticipantRepository:
    """The repository of the workspace at `root`."""

    def __init__(self, root: Path) -> None:
        """Raises UsageError where `.git` is no ordinary repository."""
        self.root = root
        self.git_dir = root / ".git"
        for folder in (root, self.git_dir, self.objects, self.git_dir / "refs"):
            if not _is_real_folder(folder):
                raise UsageError(f"{folder} is no ordinary folder", _RESTORE)
        if (self.objects / "info" / "alternates").exists():
            raise UsageError("the repository borrows objects from elsewhere", _RESTORE)
        if (self.git_dir / "index.lock").exists():
            raise UsageError(
                "git is at work in the workspace (.git/index.lock)", "let it finish, then try again"
            )

    @property
    def objects(self) -> Path:
        """Its object directory, for reading by a git of ours."""
        return self.git_dir / "objects"

    def head(self) -> Head:
        """The commit that is checked out. Raises UsageError where there is none."""
        text = self._read("HEAD", REF_BYTES_MAX)
        if text is None:
            raise UsageError("the workspace has no HEAD", _RESTORE)
        text = text.strip()
        if _COMMIT.fullmatch(text):
            return Head(text, None)
        branch = text.removeprefix("ref: ")
        if not _BRANCH.fullmatch(branch) or ".." in branch:
            raise UsageError(f"HEAD is at {branch[:80]!r}, which is no branch", _RESTORE)
        commit = (self._read(branch, REF_BYTES_MAX) or self._packed(branch) or "").strip()
        if not _COMMIT.fullmatch(commit):
            raise UsageError(f"the branch {branch} has no commit yet", "commit something first")
        return Head(commit, branch)

    def set_head(self, head: Head) -> None:
        """Move the checked-out branch (or the detached HEAD) to another commit."""
        self.write(head.branch or "HEAD", f"{head.commit}\n".encode())

    def set_tag(self, name: str, commit: str) -> None:
        self.write(f"refs/tags/{name}", f"{commit}\n".encode())

    def write(self, path: str, content: bytes) -> None:
        """Replace the file `path` within .git. Raises UsageError where a link is in the way."""
        with self._folder(path, make=True) as (folder, name):
            temporary = f".{name}.{os.getpid()}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(temporary, flags, 0o644, dir_fd=folder), "wb") as file:
                file.write(content)
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)

    def _packed(self, ref: str) -> str | None:
        for line in (self._read("packed-refs", PACKED_REFS_BYTES_MAX) or "").splitlines():
            commit, _, name = line.partition(" ")
            if name == ref:
                return commit
        return None

    def _read(self, path: str, bytes_max: int) -> str | None:
        """The text of a plain file within .git; None where there is none."""
        try:
            with self._folder(path, make=False) as (folder, name):
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
                with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
                    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                        raise UsageError(f".git/{path} is no plain file", _RESTORE)
                    return file.read(bytes_max).decode(errors="replace")
        except (FileNotFoundError, IsADirectoryError):
            return None

    @contextmanager
    def _folder(self, path: str, *, make: bool) -> Iterator[tuple[int, str]]:
        """The open folder of `path` within .git, reached by no link, and the last name."""
        *folders, name = path.split("/")
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        current = os.open(self.git_dir, flags)
        try:
            for folder in folders:
                if make:
                    _make_folder(folder, current)
                inner = os.open(folder, flags, dir_fd=current)
                os.close(current)
                current = inner
            yield current, name
        except (NotADirectoryError, OSError) as error:
            if isinstance(error, FileNotFoundError | IsADirectoryError):
                raise
            raise UsageError(f".git/{path} cannot be used: {error.strerror}", _RESTORE) from error
        finally:
            os.close(current)


def _make_folder(name: str, parent: int) -> None:
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return


def _is_real_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False
