"""The deploy log: a view of the record, and what it says of versions.

It begins with what was deployed before the drill, which the shop's history tells and no event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from harness.record.events import DeployEvent, DeployFailed, DeployKind, DeploySucceeded
from harness.record.story import Noted, Story


@dataclass(frozen=True)
class Deploy:
    """One deploy that ended: a line of the log."""

    at: datetime
    """When it ended, UTC."""
    deploy_id: str
    service: str
    version_from: str
    """Empty where the log does not reach back further."""
    version_to: str
    commit: str
    kind: DeployKind
    by: str
    summary: str
    outcome: Literal["succeeded", "failed"] = "succeeded"
    error: str = ""

    @property
    def is_new_code(self) -> bool:
        """Whether it brought a version that was then the newest: no restart, and no rollback."""
        return self.kind in ("release", "hotfix")


@dataclass(frozen=True)
class DeployLog:
    """All deploys that ended, oldest first."""

    entries: tuple[Deploy, ...] = ()

    @classmethod
    def of(cls, story: Story, past: tuple[Deploy, ...] = ()) -> DeployLog:
        """The log of the drill that `story` tells; `past` was deployed before it."""
        return cls((*past, *(_line(one) for one in story.of(DeployEvent) if _is_end(one.event))))

    def newest_change(self, service: str) -> Deploy | None:
        """The newest deploy that changed the version of `service`; restarts and failures do not."""
        return next(self._changes(service), None)

    def version_before(self, service: str, version: str) -> str | None:
        """The version that served when `version` was new; None where the log does not say.

        Rollbacks do not count: what one of them left is not what was before.
        """
        for one in self._changes(service):
            if one.is_new_code and one.version_to == version and one.version_from:
                return one.version_from
        return None

    def taken_back(self, rollback: Deploy) -> tuple[str, ...]:
        """The versions whose changes `rollback` took back, newest first.

        Empty where it brought back a newer version, as one does that undoes a rollback.
        """
        service, older = rollback.service, rollback.version_to
        if rollback.version_from in self._line_of_descent(service, older):
            return ()
        found: list[str] = []
        for version in self._line_of_descent(service, rollback.version_from):
            if version == older:
                break
            found.append(version)
        return tuple(found)

    def _changes(self, service: str) -> Iterator[Deploy]:
        """What changed the version of `service`, newest first."""
        for one in reversed(self.entries):
            is_change = one.outcome == "succeeded" and one.version_to != one.version_from
            if one.service == service and is_change:
                yield one

    def _line_of_descent(self, service: str, version: str) -> tuple[str, ...]:
        """`version`, what served before it, and so on back to where the log begins."""
        found = [version]
        while (before := self.version_before(service, found[-1])) and before not in found:
            found.append(before)
        return tuple(found)


def _is_end(event: DeployEvent) -> bool:
    return isinstance(event, DeploySucceeded | DeployFailed)


def _line(one: Noted[DeployEvent]) -> Deploy:
    shared = {name: getattr(one.event, name) for name in DeployEvent.__dataclass_fields__}
    has_failed = isinstance(one.event, DeployFailed)
    return Deploy(at=one.wall_time, outcome="failed" if has_failed else "succeeded", **shared)
