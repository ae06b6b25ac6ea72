"""Builds a drill's shop: our repository, the participants' clone, and the releases' checkouts."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from harness.model import BuiltRelease, Decoy, PlannedRelease, Release, ServiceEntry
from harness.people import Person
from harness.record.deploys import Deploy
from harness.workspace import objects
from harness.workspace.git import Git
from harness.workspace.history import HistoryPlan, plan_history
from harness.workspace.mail import message_of
from harness.workspace.objects import CommitText, NewCommit
from harness.workspace.shop import BuiltShop
from harness.workspace.tree import IGNORED_ENDINGS, IGNORED_NAMES, read_tree, write_tree

COMMIT_LENGTH = 12
"""Of the shortened commit that names a checkout."""


def build_shop(
    run_dir: Path,
    clean_root: Path,
    topology: Sequence[ServiceEntry],
    culprits: Sequence[Release],
    decoys: Sequence[Decoy],
    *,
    seed: int,
    now: datetime,
) -> BuiltShop:
    """Build `run_dir`/shop.git, workspace/ and releases/ from the tree at `clean_root`/services.

    Raises BadFile naming a patch that does not apply.
    """
    files = read_tree(clean_root, "services")
    plan = plan_history(seed, files, topology, culprits, decoys, now)
    run_dir.mkdir(parents=True, exist_ok=True)
    git = objects.create_bare(run_dir / "shop.git")
    base = objects.import_commits(
        git,
        "refs/heads/main",
        [
            NewCommit(
                CommitText(one.author, one.authored_at, one.subject + "\n"),
                {path: files[path] for path in one.files},
            )
            for one in plan.base
        ],
    )[-1]
    releases = {
        (entry.name, entry.version): BuiltRelease(
            entry.name, entry.version, base, checkout_path(run_dir, base)
        )
        for entry in topology
    }
    export(git, run_dir, base)
    head = _commit_releases(git, run_dir, plan, base, releases)
    refs = {f"refs/tags/{one.service}/v{one.version}": one.commit for one in releases.values()}
    refs["refs/heads/main"] = head
    git.run(
        "update-ref",
        "--stdin",
        stdin="".join(f"update {k} {v}\n" for k, v in refs.items()).encode(),
    )
    workspace = run_dir / "workspace"
    clone(git, workspace)
    before = [one.release for one in plan.deployed_before]
    initial = {entry.name: releases[entry.name, entry.version] for entry in topology}
    initial |= {one.service: releases[one.service, one.version_to] for one in before}
    return BuiltShop(
        git_dir=git.git_dir,
        workspace=workspace,
        releases=releases,
        initial=initial,
        live=plan.live,
        log=_log(plan, topology, releases),
    )


def checkout_path(run_dir: Path, commit: str) -> Path:
    """Where the checkout of `commit` is."""
    return run_dir / "releases" / commit[:COMMIT_LENGTH]


def export(git: Git, run_dir: Path, commit: str) -> Path:
    """Check services/ of `commit` out, unless that was done before; returns the checkout."""
    target = checkout_path(run_dir, commit)
    if not target.exists():
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")
        write_tree(objects.read_commit(git, commit), unfinished)
        unfinished.rename(target)
    return target


def clone(git: Git, workspace: Path) -> None:
    """The participants' repository: complete in itself, with ours as its origin."""
    git.run("clone", "--quiet", "--no-hardlinks", "--template=", "--branch=main",
            str(git.git_dir), str(workspace))  # fmt: skip
    theirs = Git(workspace / ".git")
    theirs.run("config", "user.name", "on call")
    theirs.run("config", "user.email", "on-call@northgoods.example")
    # What they check out and deploy is what was written, whatever their own git is set to.
    theirs.run("config", "core.autocrlf", "false")
    exclude = workspace / ".git" / "info" / "exclude"
    exclude.parent.mkdir(exist_ok=True)
    patterns = [*sorted(IGNORED_NAMES), *(f"*{ending}" for ending in IGNORED_ENDINGS)]
    exclude.write_text("".join(f"{pattern}\n" for pattern in patterns), encoding="utf-8")


def commit_on_top(
    git: Git, parent: str, patch: Path | None, service: str, version: str, text: CommitText
) -> str:
    """A commit of `patch` on `parent`, in no branch. Raises BadFile where it does not apply."""
    with tempfile.TemporaryDirectory(dir=git.git_dir) as folder:
        index = Path(folder) / "index"
        git.run("read-tree", parent, index=index)
        return objects.commit_release(git, index, parent, patch, service, version, text)


def _commit_releases(
    git: Git,
    run_dir: Path,
    plan: HistoryPlan,
    head: str,
    releases: dict[tuple[str, str], BuiltRelease],
) -> str:
    """Commit the planned releases onto `head`, note them in `releases`; returns the new head."""
    with tempfile.TemporaryDirectory(dir=git.git_dir) as folder:
        index = Path(folder) / "index"
        git.run("read-tree", head, index=index)
        for place, planned in enumerate(plan.releases):
            release = planned.release
            text = CommitText(
                Person(release.author_name),
                planned.committed_at,
                _message(planned, plan.reviewers[place], plan.tickets[place]),
            )
            head = objects.commit_release(
                git, index, head, release.patch, release.service, release.version_to, text
            )
            path = export(git, run_dir, head)
            releases[release.service, release.version_to] = BuiltRelease(
                release.service, release.version_to, head, path
            )
    return head


def _message(planned: PlannedRelease, reviewer: Person, ticket: str) -> str:
    release = planned.release
    if release.patch is not None:
        message = message_of(release.patch).strip()
    else:
        message = f"{release.service}: {release.summary}\n\n{planned.body}".strip()
    return f"{message}\n\nTicket: {ticket}\nReviewed-by: {reviewer.name} <{reviewer.email}>\n"


def _log(
    plan: HistoryPlan,
    topology: Sequence[ServiceEntry],
    releases: dict[tuple[str, str], BuiltRelease],
) -> tuple[Deploy, ...]:
    """The deploys from before the drill, oldest first."""
    train = plan.base[-1]
    base = [
        Deploy(
            at=plan.base_deployed_at,
            deploy_id=_deploy_id(),
            service=entry.name,
            version_from="",
            version_to=entry.version,
            commit=releases[entry.name, entry.version].commit[:12],
            kind="release",
            by=train.author.name,
            summary=train.subject,
        )
        for entry in topology
    ]
    since = [
        Deploy(
            at=planned.deployed_at or plan.base_deployed_at,
            deploy_id=_deploy_id(),
            service=planned.release.service,
            version_from=planned.release.version_from,
            version_to=planned.release.version_to,
            commit=releases[planned.release.service, planned.release.version_to].commit[:12],
            kind="release",
            by=planned.release.author_name,
            summary=planned.release.summary,
        )
        for planned in plan.deployed_before
    ]
    return (*base, *since)


def _deploy_id() -> str:
    return f"dep-{secrets.token_hex(3)}"
