"""Commits and trees in our git directory, by plumbing: few processes, no work tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from harness.errors import BadFile, UsageError
from harness.people import Person
from harness.workspace.git import Git, GitFailed
from harness.workspace.subjects import TOPOLOGY
from harness.workspace.tree import (
    FILE_BYTES_MAX,
    FILES_MAX,
    TOTAL_BYTES_MAX,
    SourceFile,
    Tree,
    is_safe_path,
    refuse_collisions,
)


@dataclass(frozen=True)
class CommitText:
    """Who says what, and when."""

    author: Person
    moment: datetime
    message: str

    @property
    def raw_date(self) -> str:
        return f"{int(self.moment.timestamp())} +0000"


@dataclass(frozen=True)
class NewCommit:
    """A commit that sets `files` and removes `removed` from the tree before it."""

    text: CommitText
    files: Tree
    removed: tuple[str, ...] = ()


def create_bare(git_dir: Path) -> Git:
    """A new bare repository with the branch main and nothing of the machine's templates."""
    git = Git(git_dir)
    git.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
    git.run("config", "receive.denyNonFastForwards", "true")
    git.run("config", "receive.denyDeletes", "true")
    git.run("config", "gc.auto", "0")
    return git


def import_commits(
    git: Git, ref: str, commits: Sequence[NewCommit], parent: str | None = None
) -> list[str]:
    """Make `commits` in one process, the last one being `ref`; returns their names."""
    stream = bytearray(b"feature done\n")
    for number, commit in enumerate(commits, 1):
        who = f"{commit.text.author.name} <{commit.text.author.email}> {commit.text.raw_date}"
        message = commit.text.message.encode(errors="replace")
        stream += f"commit {ref}\nmark :{number}\nauthor {who}\ncommitter {who}\n".encode()
        stream += b"data %d\n%s\n" % (len(message), message)
        if number == 1 and parent is not None:
            stream += f"from {parent}\n".encode()
        for path in commit.removed:
            stream += f"D {_quoted(path)}\n".encode()
        for path, file in commit.files.items():
            stream += f"M {file.mode} inline {_quoted(path)}\n".encode()
            stream += b"data %d\n%s\n" % (len(file.content), file.content)
    stream += b"".join(b"get-mark :%d\n" % number for number in range(1, len(commits) + 1))
    stream += b"done\n"
    out = git.run(
        "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force", stdin=bytes(stream)
    )
    return out.decode().split()


def commit_release(
    git: Git,
    index: Path,
    parent: str,
    patch: Path | None,
    service: str,
    version: str,
    text: CommitText,
) -> str:
    """Commit `patch` and the service's new version on top of `parent`, the tree in `index`.

    Raises BadFile, naming the patch, where it does not apply.
    """
    if patch is not None:
        try:
            command = ("apply", "--cached", "--3way", "--whitespace=nowarn", "-")
            git.run(*command, stdin=patch.read_bytes(), index=index)
        except GitFailed as error:
            raise BadFile(
                patch,
                None,
                f"it does not apply: {error.reason}",
                "has the source beneath it moved?",
            ) from error
    topology = git.run("cat-file", "blob", f":{TOPOLOGY}", index=index).decode()
    blob = git.text(
        "hash-object", "-w", "--stdin", stdin=with_version(topology, service, version).encode()
    )
    git.run("update-index", "--cacheinfo", f"100644,{blob},{TOPOLOGY}", index=index)
    tree = git.text("write-tree", index=index)
    who = f"{text.author.name} <{text.author.email}> {text.raw_date}"
    raw = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n{text.message}"
    return git.text("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())


def with_version(topology: str, service: str, version: str) -> str:
    """The text of topology.toml with another version of `service`."""
    row = rf'(?ms)(^name = "{re.escape(service)}"$(?:(?!^\[\[).)*?^version = )"[^"]*"'
    return re.sub(row, rf'\g<1>"{version}"', topology, count=1)


def list_blobs(git: Git, commit: str, objects: Path | None = None) -> dict[str, tuple[str, str]]:
    """Path → (mode, blob) of the files under services/ in `commit`.

    Raises UsageError for what is no plain file, and for more or larger files than allowed.
    """
    out = git.run("ls-tree", "-r", "-l", "-z", commit, "--", "services", objects=objects)
    blobs: dict[str, tuple[str, str]] = {}
    total = 0
    for line in out.split(b"\x00")[:-1]:
        about, _, raw_path = line.partition(b"\t")
        path = raw_path.decode(errors="replace")
        mode, _, blob, size = about.decode().split()
        if mode not in {"100644", "100755"} or not is_safe_path(path):
            raise UsageError(f"{path} is not a plain file", "deploys take plain files only")
        if int(size) > FILE_BYTES_MAX:
            raise UsageError(f"{path} is larger than {FILE_BYTES_MAX // 1_000_000} MB")
        total += int(size)
        blobs[path] = (mode, blob)
    if len(blobs) > FILES_MAX or total > TOTAL_BYTES_MAX:
        raise UsageError(
            f"services/ holds {len(blobs)} files of {total // 1_000_000} MB in all",
            f"{FILES_MAX} files and {TOTAL_BYTES_MAX // 1_000_000} MB are allowed",
        )
    refuse_collisions(blobs)
    return blobs


def read_commit(git: Git, commit: str) -> dict[str, SourceFile]:
    """The files under services/ in `commit`, as they are: no attribute or filter is applied."""
    blobs = list_blobs(git, commit)
    names = sorted({blob for _, blob in blobs.values()})
    out = git.run("cat-file", "--batch", stdin="".join(f"{name}\n" for name in names).encode())
    contents: dict[str, bytes] = {}
    place = 0
    for name in names:
        header, _, _ = out[place : place + 200].partition(b"\n")
        size = int(header.split()[2])
        begin = place + len(header) + 1
        contents[name] = out[begin : begin + size]
        place = begin + size + 1
    return {
        path: SourceFile(contents[blob], mode == "100755") for path, (mode, blob) in blobs.items()
    }


def _quoted(path: str) -> str:
    """A path as fast-import reads it whatever it holds."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
