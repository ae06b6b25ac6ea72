"""What the rest of the harness may ask of whatever runs the shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from harness.model import BuiltRelease, ProcessInfo, ProcessSpec, StackPlan

Progress = Callable[[str], None]
Mode = Literal["honour", "sealed"]
DatabaseRole = Literal["owner", "oncall", "reporting"]


def used_mark(home: Path, runtime: str) -> Path:
    """The file in a home from which a runtime has ever been used; for others it is not asked."""
    return home / f"{runtime}.used"


class ExitAction(StrEnum):
    """What the runtime does about a process that ended unasked."""

    NONE = "none"
    """Nothing: it is not a service."""
    GO_ON = "go-on"
    """Nothing, and none is needed: the drill does without it."""
    RESTART = "restart"
    ROLLBACK = "rollback"
    """It died right after a deploy: the previous release takes over."""
    GIVE_UP = "give-up"
    """It died too often; its port refuses connections until the next deploy."""


@dataclass(frozen=True)
class ProcessExit:
    """A process of the stack ended without having been asked to."""

    name: str
    pid: int | None
    exit_code: int
    """Negative: the signal that ended it."""
    action: ExitAction
    version: str | None = None
    """Of a service: the version that died."""
    next_version: str | None = None
    """Of a service: the version that takes over."""
    log_tail: str = ""

    @property
    def ends_all(self) -> bool:
        """Whether nothing can be said of the shop without it. A service's end is an incident."""
        return self.version is None and self.action is not ExitAction.GO_ON


ExitCallback = Callable[[ProcessExit], None]


class Runtime(Protocol):
    """Runs one shop. Every wait in it is bounded; see harness.limits."""

    @property
    def mode(self) -> Mode:
        """`sealed` where participants reach only the workspace and the ports."""
        ...

    async def up(self, plan: StackPlan, progress: Progress) -> None:
        """Bring the whole stack up and return when every part of it is ready.

        Raises PortTaken before anything is started, EnvironmentMissing, StackFailed. Whatever had
        been started is gone when it raises.
        """
        ...

    async def spawn(self, spec: ProcessSpec) -> ProcessInfo:
        """Run one more process, and wait until it is ready. Raises StackFailed."""
        ...

    async def stop(self, name: str) -> None:
        """End a process or service for good. Raises UnknownName."""
        ...

    async def deploy(self, service: str, release: BuiltRelease, progress: Progress) -> None:
        """Replace a service's release without losing a request.

        Raises DeployFailed, in which case the former release goes on serving.
        """
        ...

    async def prepare(self, release: BuiltRelease) -> None:
        """Do ahead what a deploy of `release` would have to wait for, such as building its image.

        Never raises because of the release: its deploy says what is wrong with it.
        """
        ...

    async def restart(self, service: str, progress: Progress) -> None:
        """Replace a service's processes by fresh ones of the same release."""
        ...

    def running(self) -> Mapping[str, BuiltRelease]:
        """The release that serves, by service; a service that is down is absent."""
        ...

    def deployed(self) -> Mapping[str, BuiltRelease]:
        """The release that was deployed last, by service, whether or not it still serves."""
        ...

    def processes(self) -> tuple[ProcessInfo, ...]:
        """All processes of the stack, with pids as this machine sees them."""
        ...

    def on_exit(self, callback: ExitCallback) -> None:
        """Call back, on the event loop, whenever a process ends unasked."""
        ...

    async def collapse(self) -> str:
        """The part of the stack that ended unasked and without which nothing can be said of the
        shop; empty where all of them run.

        For when something has failed: it waits a moment, since what comes of such an end may be
        noticed before the end is.
        """
        ...

    def database_url(self, service: str, *, role: DatabaseRole = "oncall") -> str:
        """How to reach a service's database: as the service itself, or reading only, as people or
        as our own measurements do."""
        ...

    async def down(self) -> None:
        """End everything, and return when no process and no port is left. May be repeated."""
        ...

    @classmethod
    def reap(cls, home: Path) -> tuple[str, ...]:
        """End what dead hosts left behind under `home`/runs; says what was ended."""
        ...
