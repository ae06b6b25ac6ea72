"""All versions of the services that a drill knows: read, compare, and compose new ones."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import UnknownName
from harness.model import BuiltRelease, Fault, ServiceEntry
from harness.people import Person
from harness.workspace import build
from harness.workspace.git import Git
from harness.workspace.mail import message_of
from harness.workspace.objects import CommitText
from harness.workspace.shop import BuiltShop, ReleaseNotes
from harness.workspace.subjects import TOPOLOGY


class Versions:
    """The releases of a built shop, by service and version. Safe to use from several threads."""

    def __init__(self, shop: BuiltShop, topology: Sequence[ServiceEntry]) -> None:
        self.shop = shop
        self.services = tuple(entry.name for entry in topology)
        self.git = Git(shop.git_dir)
        self.lock = threading.RLock()
        self._releases = dict(shop.releases)

    def of(self, service: str) -> list[str]:
        """The versions of `service`, oldest first. Raises UnknownName."""
        if service not in self.services:
            raise UnknownName("service", service, self.services)
        with self.lock:
            return sorted((v for s, v in self._releases if s == service), key=_numbers)

    def release(self, service: str, version: str) -> BuiltRelease:
        """The release to deploy. Raises UnknownName with the nearest services or versions."""
        known = self.of(service)
        if version not in known:
            raise UnknownName(f"version of {service}", version, known)
        return self._releases[service, version]

    def known(self) -> tuple[BuiltRelease, ...]:
        """Every release so far."""
        with self.lock:
            return tuple(self._releases.values())

    def next_of(self, service: str) -> str:
        """The version that the next change of `service` gets."""
        major, minor, patch = _numbers(self.of(service)[-1])
        return f"{major}.{minor}.{patch + 1}"

    def add(self, service: str, version: str, commit: str) -> BuiltRelease:
        """Check `commit` out and know it as `version` of `service` from now on."""
        path = build.export(self.git, self.shop.git_dir.parent, commit)
        release = BuiltRelease(service, version, commit, path)
        self._releases[service, version] = release
        return release

    def compose(self, fault: Fault, patch: Path) -> BuiltRelease:
        """What the fault breaks with `patch` (its fix, or a cheat) on top, as a new version: its
        release, or the tree that the drill began with.

        Raises BadFile where the patch does not apply. No branch or tag shows the commit.
        """
        with self.lock:
            bad = self.shop.initial[fault.service]
            if fault.release is not None:
                bad = self.release(fault.service, fault.release.version_to)
            version = self.next_of(fault.service)
            text = CommitText(Person("on call"), datetime.now(UTC), message_of(patch))
            commit = build.commit_on_top(self.git, bad.commit, patch, fault.service, version, text)
            return self.add(fault.service, version, commit)

    def diff(self, service: str, version_from: str, version_to: str) -> str:
        """What a deploy of one version after the other changes, as a unified diff.

        Shown are the service's files and those that services share; empty: no code change.
        """
        old, new = self.release(service, version_from), self.release(service, version_to)
        return self.git.run(
            "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames",
            old.commit, new.commit, "--", *self._paths(service),
        ).decode(errors="replace")  # fmt: skip

    def notes(self, service: str, version: str) -> ReleaseNotes:
        """The author, date and message of the commit that `version` is."""
        release = self.release(service, version)
        form = "%s%x00%b%x00%an%x00%ae%x00%at"
        out = self.git.text("show", "--no-patch", f"--format={form}", release.commit)
        subject, body, name, mail, moment = out.split("\x00")
        return ReleaseNotes(
            service=service,
            version=version,
            commit=release.commit,
            subject=subject,
            body=body.strip(),
            author_name=name,
            author_email=mail,
            authored_at=datetime.fromtimestamp(int(moment), UTC),
        )

    def show(self, service: str, version: str) -> str:
        """The commit as `git show` prints it."""
        release = self.release(service, version)
        return self.git.run(
            "show", "--no-ext-diff", "--no-textconv", "--no-color", release.commit
        ).decode(errors="replace")

    def is_relevant(self, service: str, path: str) -> bool:
        """True where the file `path` matters to `service`: its own, or shared ones."""
        pieces = path.split("/")
        others = set(self.services) - {service}
        return path != TOPOLOGY and not (len(pieces) > 2 and pieces[1] in others)

    def _paths(self, service: str) -> list[str]:
        others = [f":(exclude)services/{name}" for name in self.services if name != service]
        return ["services", f":(exclude){TOPOLOGY}", *others]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
