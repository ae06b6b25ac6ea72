"""A folder of source files, read without trusting it, and written to a fresh place.

Participants' folders are hostile until read: nothing that is no plain file within bounds is
followed, opened or kept.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError

FILES_MAX = 5_000
FILE_BYTES_MAX = 5_000_000
TOTAL_BYTES_MAX = 50_000_000
DEPTH_MAX = 20

IGNORED_NAMES = frozenset(
    {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".venv",
     ".idea", ".vscode", ".DS_Store", ".coverage"}
)  # fmt: skip
IGNORED_ENDINGS = (".pyc", ".pyo", ".swp", ".orig", ".rej", "~")


@dataclass(frozen=True)
class SourceFile:
    """The content of one file, and whether it may be executed."""

    content: bytes
    is_executable: bool = False

    @property
    def blob(self) -> str:
        """The name that git gives this content."""
        header = b"blob %d\x00" % len(self.content)
        return hashlib.sha1(header + self.content, usedforsecurity=False).hexdigest()

    @property
    def mode(self) -> str:
        """As git writes it."""
        return "100755" if self.is_executable else "100644"


Tree = Mapping[str, SourceFile]
"""Path with forward slashes → file."""


def read_tree(root: Path, folder: str) -> dict[str, SourceFile]:
    """The files under `root/folder`, without caches; paths start with `folder`.

    Raises UsageError naming the path for symbolic and hard links, devices, pipes, nested
    repositories, and for more or larger files than the limits above.
    """
    files: dict[str, SourceFile] = {}
    total = 0
    try:
        top = os.open(root / folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise UsageError(f"{folder}/ cannot be read: {error.strerror}") from error
    try:
        for path, file in _walk(top, folder, 1):
            files[path] = file
            total += len(file.content)
            if len(files) > FILES_MAX:
                raise UsageError(f"{folder}/ holds more than {FILES_MAX} files")
            if total > TOTAL_BYTES_MAX:
                raise UsageError(f"{folder}/ holds more than {TOTAL_BYTES_MAX // 1_000_000} MB")
    except OSError as error:
        raise UsageError(f"{folder}/ cannot be read: {error}", "was it changing?") from error
    refuse_collisions(files)
    return files


def refuse_collisions(paths: Mapping[str, object]) -> None:
    """Raise UsageError where two paths differ by case alone: some disks hold only one of them."""
    seen: dict[str, str] = {}
    for path in paths:
        other = seen.setdefault(path.casefold(), path)
        if other != path:
            raise UsageError(f"{path} and {other} differ by case alone", "rename one of them")


def write_tree(files: Tree, target: Path) -> None:
    """Write `files` under `target`, which is made here and must not exist."""
    target.mkdir(parents=True)
    for folder in sorted({os.path.dirname(path) for path in files}):  # noqa: PTH120
        (target / folder).mkdir(parents=True, exist_ok=True)
    for path, file in files.items():
        mode = 0o755 if file.is_executable else 0o644
        handle = os.open(target / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as out:
            out.write(file.content)


def is_safe_path(path: str) -> bool:
    """True where every part of `path` is an ordinary name."""
    parts = path.split("/")
    return all(part not in {"", ".", ".."} and part.lower() != ".git" for part in parts)


def _walk(folder: int, name: str, depth: int) -> Iterator[tuple[str, SourceFile]]:
    """Files below the open directory `folder`, which is closed in the end."""
    try:
        if depth > DEPTH_MAX:
            raise UsageError(f"{name} is nested more than {DEPTH_MAX} folders deep")
        with os.scandir(folder) as entries:
            names = []
            for entry in entries:
                names.append(entry.name)
                if len(names) > FILES_MAX:
                    raise UsageError(f"{name}/ holds more than {FILES_MAX} files")
        for one in sorted(names):
            if one in IGNORED_NAMES or one.endswith(IGNORED_ENDINGS):
                continue
            yield from _entry(folder, one, f"{name}/{one}", depth)
    finally:
        os.close(folder)


def _entry(folder: int, one: str, path: str, depth: int) -> Iterator[tuple[str, SourceFile]]:
    if one.lower() == ".git":
        raise UsageError(f"{path} is a repository within the repository", "remove it")
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"the name {path!r} is not UTF-8", "rename it") from error
    kind = os.stat(one, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISDIR(kind.st_mode):
        inner = os.open(one, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
        yield from _walk(inner, path, depth + 1)
        return
    if stat.S_ISLNK(kind.st_mode):
        raise UsageError(f"{path} is a symbolic link", "deploys take plain files only")
    if not stat.S_ISREG(kind.st_mode):
        raise UsageError(f"{path} is not a plain file", "deploys take plain files only")
    yield path, _read(folder, one, path)


def _read(folder: int, one: str, path: str) -> SourceFile:
    # The checks are made on the open file: what is at the name may have been swapped by now.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(one, flags, dir_fd=folder), "rb") as file:
        kind = os.fstat(file.fileno())
        if not stat.S_ISREG(kind.st_mode):
            raise UsageError(f"{path} is not a plain file", "deploys take plain files only")
        if kind.st_nlink > 1:
            raise UsageError(f"{path} has another name elsewhere (a hard link)", "copy the file")
        content = file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise UsageError(f"{path} is larger than {FILE_BYTES_MAX // 1_000_000} MB")
    return SourceFile(content, bool(kind.st_mode & stat.S_IXUSR))
