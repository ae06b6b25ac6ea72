"""From the participants' workspace to a new release: their commits, or their files as they are."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import UsageError
from harness.model import BuiltRelease
from harness.people import plain_identity
from harness.workspace import objects
from harness.workspace.git import GitFailed
from harness.workspace.objects import CommitText, NewCommit
from harness.workspace.participants import Head, ParticipantRepository
from harness.workspace.tree import SourceFile, read_tree
from harness.workspace.versions import Versions

IMPORT_BYTES_MAX = 100_000_000
NEW_COMMITS_MAX = 2_000
FILES_NAMED_MAX = 8
ENTRY = "app.py"
"""By which a service starts."""
SHARED = "services/chassis"

_NAME = re.compile(r"[0-9a-f]{7,40}")
"""Of a commit."""

Blobs = dict[str, tuple[str, str]]
"""Path → (mode, blob)."""


def build_from_workspace(
    versions: Versions,
    service: str,
    message: str | None,
    author: str,
    *,
    running: str | None = None,
) -> BuiltRelease:
    """The workspace as the next version of `service`, tagged in our repository and in theirs.

    With uncommitted changes a `message` is needed; they are then committed for the participants.
    `running` is the version that serves now (the newest where None). Raises UsageError where the
    tree is dirty without a message, differs in nothing from `running`, lacks the service itself,
    or holds what no release may; UnknownName for a service or version.
    """
    with versions.lock:
        current = versions.release(service, running or versions.of(service)[-1])
        repository = ParticipantRepository(versions.shop.workspace)
        head = repository.head()
        files = read_tree(repository.root, "services")
        _refuse_headless(service, current, files)
        committed = _committed(versions, repository, head.commit)
        changed = _changed(committed, files)
        if changed and not (message or "").strip():
            raise UsageError(
                f"the workspace has uncommitted changes: {_some(changed)}",
                f'commit, or pass -m: drill deploy {service} -m "what changed"',
            )
        _refuse_unchanged(versions, service, current, files)
        version = versions.next_of(service)
        _import(versions, repository, head.commit)
        commit = head.commit
        if changed:
            text = CommitText(plain_identity(author), datetime.now(UTC), f"{message}\n")
            commit = _commit(versions, head.commit, changed, files, text)
            _hand_back(versions, repository, Head(commit, head.branch))
        tag = f"{service}/v{version}"
        versions.git.run("update-ref", f"refs/tags/{tag}", commit)
        repository.set_tag(tag, commit)
        return versions.add(service, version, commit)


def build_from_commit(
    versions: Versions, service: str, commit: str, *, running: str | None = None
) -> BuiltRelease:
    """A commit that was pushed, as the next version of `service`, tagged in our repository.

    Raises UsageError where no branch has it, it differs in nothing from `running`, lacks the
    service itself or holds what no release may; UnknownName for a service or version.
    """
    with versions.lock:
        current = versions.release(service, running or versions.of(service)[-1])
        pushed = _pushed(versions, commit)
        files = objects.read_commit(versions.git, pushed)
        _refuse_headless(service, current, files)
        _refuse_unchanged(versions, service, current, files)
        version = versions.next_of(service)
        versions.git.run("update-ref", f"refs/tags/{service}/v{version}", pushed)
        return versions.add(service, version, pushed)


def _pushed(versions: Versions, commit: str) -> str:
    """The whole name of a commit that some branch has. Raises UsageError."""
    unknown = UsageError(f"no branch here has the commit {commit[:60]}", "git push, then deploy")
    if not _NAME.fullmatch(commit):
        raise unknown
    try:
        name = versions.git.text("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
        having = versions.git.text("for-each-ref", "--contains", name, "--count=1", "refs/heads")
    except GitFailed:
        raise unknown from None
    if not having:
        raise unknown
    return name


def _committed(versions: Versions, repository: ParticipantRepository, commit: str) -> Blobs:
    """The files of the participants' commit, read by our git from their objects."""
    try:
        return objects.list_blobs(versions.git, commit, repository.objects)
    except GitFailed as error:
        raise UsageError(
            f"the commit {commit[:12]} cannot be read: {error.reason}",
            "check the workspace with git fsck",
        ) from error


def _changed(committed: Blobs, files: dict[str, SourceFile]) -> list[str]:
    """The paths that differ between the commit and the folder."""
    on_disk = {path: (file.mode, file.blob) for path, file in files.items()}
    paths = sorted(committed.keys() | on_disk.keys())
    return [path for path in paths if committed.get(path) != on_disk.get(path)]


def _refuse_headless(service: str, current: BuiltRelease, files: dict[str, SourceFile]) -> None:
    """A release without the module that it is started by would be a version that never was."""
    for folder in (f"services/{service}", SHARED):
        if f"{folder}/{ENTRY}" not in files:
            raise UsageError(
                f"{folder}/{ENTRY} is missing in the workspace: {service} could not start",
                f"bring it back: git checkout {service}/v{current.version} -- {folder}",
            )


def _refuse_unchanged(
    versions: Versions, service: str, current: BuiltRelease, files: dict[str, SourceFile]
) -> None:
    running = objects.list_blobs(versions.git, current.commit)
    if not any(versions.is_relevant(service, path) for path in _changed(running, files)):
        raise UsageError(
            f"nothing in {service} has changed since {current.version}, which is running",
            f"edit services/{service} first, or restart the service: drill restart {service}",
        )


def _import(versions: Versions, repository: ParticipantRepository, commit: str) -> None:
    """Copy the commits that we do not have into our repository, checked on the way."""
    git = versions.git
    known = git.text("for-each-ref", "--format=^%(objectname)")
    revisions = f"{commit}\n{known}\n".encode()
    try:
        count = int(
            git.run("rev-list", "--count", "--stdin", stdin=revisions, objects=repository.objects)
        )
        if count == 0:
            return
        if count > NEW_COMMITS_MAX:
            raise UsageError(f"there are more than {NEW_COMMITS_MAX} new commits")
        pack = git.run(
            "pack-objects", "--revs", "--stdout", "--quiet", stdin=revisions,
            objects=repository.objects,
        )  # fmt: skip
        git.run(
            "unpack-objects", "-q", "--strict", f"--max-input-size={IMPORT_BYTES_MAX}", stdin=pack
        )
    except GitFailed as error:
        raise UsageError(
            f"the new commits cannot be taken over: {error.reason}",
            "check the workspace with git fsck",
        ) from error


def _commit(
    versions: Versions,
    parent: str,
    changed: list[str],
    files: dict[str, SourceFile],
    text: CommitText,
) -> str:
    new = NewCommit(
        text,
        files={path: files[path] for path in changed if path in files},
        removed=tuple(path for path in changed if path not in files),
    )
    return objects.import_commits(versions.git, "refs/snapshots/newest", [new], parent)[-1]


def _hand_back(versions: Versions, repository: ParticipantRepository, head: Head) -> None:
    """Give the participants the commit that was made for them, as if they had made it."""
    git = versions.git
    pack = git.run("pack-objects", "--revs", "--stdout", "--quiet",
                   stdin=f"{head.commit}\n^{head.commit}^\n".encode())  # fmt: skip
    with tempfile.TemporaryDirectory(dir=git.git_dir) as folder:
        scratch = Path(folder)
        (scratch / "new.pack").write_bytes(pack)
        name = git.text("index-pack", str(scratch / "new.pack")).split()[-1]
        for ending in ("pack", "idx"):
            content = (scratch / f"new.{ending}").read_bytes()
            repository.write(f"objects/pack/pack-{name}.{ending}", content)
        git.run("read-tree", head.commit, index=scratch / "index")
        repository.set_head(head)
        repository.write("index", (scratch / "index").read_bytes())


def _some(paths: list[str]) -> str:
    named = ", ".join(paths[:FILES_NAMED_MAX])
    more = len(paths) - FILES_NAMED_MAX
    return f"{named} and {more} more" if more > 0 else named
