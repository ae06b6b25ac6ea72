"""The workspace as the rest of the harness sees it: build it, then ask for releases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from harness.model import BuiltRelease, Decoy, Release, ServiceEntry
from harness.workspace.build import build_shop
from harness.workspace.deploys import build_from_commit, build_from_workspace
from harness.workspace.versions import Versions


class Workspace(Versions):
    """A drill's repositories, checkouts and versions. All calls block; none takes seconds."""

    @classmethod
    def build(
        cls,
        run_dir: Path,
        clean_root: Path,
        topology: Sequence[ServiceEntry],
        culprits: Sequence[Release],
        decoys: Sequence[Decoy],
        *,
        seed: int,
        now: datetime,
    ) -> Self:
        """Build everything under `run_dir` from `clean_root`/services; `now` has a time zone.

        Raises BadFile naming a patch that does not apply.
        """
        shop = build_shop(run_dir, clean_root, topology, culprits, decoys, seed=seed, now=now)
        return cls(shop, topology)

    def build_from_workspace(
        self, service: str, message: str | None, author: str, *, running: str | None = None
    ) -> BuiltRelease:
        """The participants' files as the next version of `service`; see `deploys`."""
        return build_from_workspace(self, service, message, author, running=running)

    def build_from_commit(
        self, service: str, commit: str, *, running: str | None = None
    ) -> BuiltRelease:
        """A pushed commit as the next version of `service`; see `deploys`."""
        return build_from_commit(self, service, commit, running=running)
