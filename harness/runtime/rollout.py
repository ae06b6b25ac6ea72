"""One service: which release serves, how the next takes over, and what happens when it dies."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness import limits
from harness.errors import DeployFailed, StackFailed
from harness.model import BuiltRelease
from harness.runtime.base import ExitAction, ProcessExit, Progress
from harness.runtime.ready import NotReady, ReadyProbe
from harness.runtime.release_process import Launcher, ReleaseFailed, ReleaseProcess, Work
from harness.tasks import end_all

UPGRADE = "services.chassis.migrate:upgrade"
"""Takes a service and its database's URL."""


@dataclass(frozen=True)
class Tools:
    """What all services of a stack share."""

    launcher: Callable[[], Awaitable[Launcher]]
    """What runs releases; waits for a new one where the old one died. Raises StackFailed."""
    listen: Callable[[int], Awaitable[socket.socket]]
    """Makes the listening socket of a service's port. Raises PortTaken, StackFailed."""
    probe: ReadyProbe
    on_exit: Callable[[ProcessExit], None]


class Service:
    """Keeps one service serving. The port is ours, and goes from release to release."""

    def __init__(
        self,
        name: str,
        port: int,
        env: Mapping[str, str],
        log_path: Path,
        tools: Tools,
        *,
        has_database: bool = False,
    ) -> None:
        self.name, self.port = name, port
        self.current: ReleaseProcess | None = None
        self._env, self._log_path, self._has_database = env, log_path, has_database
        self._tools = tools
        self.latest: BuiltRelease | None = None
        """What was last deployed, whether or not it still serves."""
        self._previous: BuiltRelease | None = None
        self._switched_at = 0.0
        self._deaths: deque[float] = deque(maxlen=limits.RESTARTS_MAX)
        self._listener: socket.socket | None = None
        self._changing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def deploy(
        self, release: BuiltRelease, progress: Progress, *, ready_s: float | None = None
    ) -> None:
        """Let `release` take over without losing a request. Raises DeployFailed, PortTaken.

        `ready_s`: how long it may take until it is ready; limits.SERVICE_READY_S if not given.
        """
        async with self._changing:
            before = self.current.release if self.current else None
            progress(f"{self.name}: starting {release.version}")
            old = await self._take_over(release, before, ready_s or limits.SERVICE_READY_S)
            if before is not None and before != release:
                self._previous, self._switched_at = before, time.monotonic()
            self._deaths.clear()
            progress(f"{self.name}: {release.version} is serving")
        if old is not None:
            # Cancelling the deploy must not leave the old release half way out.
            await asyncio.shield(self._keep(old.drain()))

    async def stop(self) -> None:
        """Drain and stay down: from now on the port refuses connections."""
        async with self._changing:
            self._close_port()
            stopping, self.current = self.current, None
            if stopping:
                await stopping.drain(idle_grace_s=0)

    async def close(self) -> None:
        """Forget the service: nothing is watched or restarted any more."""
        await end_all(self._tasks)
        if self.current:
            await self.current.kill()
        self._close_port()

    async def _take_over(
        self, release: BuiltRelease, before: BuiltRelease | None, ready_s: float
    ) -> ReleaseProcess | None:
        """Switch to `release`; the process that served before. Raises DeployFailed, PortTaken."""
        try:
            await self._migrate(release, before)
            process = await self._launch(release, ready_s)
            try:
                self._listener = self._listener or await self._tools.listen(self.port)
                await process.accept(self._listener)
            except BaseException:
                await process.kill()
                raise
        except (ReleaseFailed, StackFailed, OSError) as error:
            hint = f"fix services/{self.name} and deploy again"
            if before is not None:
                hint = f"{before.version} is still serving; {hint}"
            message = f"{self.name} {release.version} was not deployed: {error}"
            raise DeployFailed(message, hint) from error
        old, self.current, self.latest = self.current, process, release
        self._keep(self._watch(process))
        return old

    def _keep(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _migrate(self, release: BuiltRelease, before: BuiltRelease | None) -> None:
        """Bring the database forward where the release has a migration that is not there yet."""
        if not self._has_database or before is None:
            return
        if not migrations(release) - migrations(before):
            return
        args = (self.name, self._env["DATABASE_URL"])
        env = self._environment(release)
        launcher = await self._tools.launcher()
        await launcher.call(Work(release, UPGRADE, env, self._log_path, args), limits.MIGRATE_S)

    async def _launch(self, release: BuiltRelease, ready_s: float) -> ReleaseProcess:
        """Start a release in private and return when it says that it is ready."""
        target = f"services.{self.name}.app:create_app"
        env = self._environment(release)
        launcher = await self._tools.launcher()
        process = await launcher.launch(Work(release, target, env, self._log_path, serve=True))
        started = time.monotonic()
        try:
            port = await process.serving_port(ready_s)
            left_s = ready_s - (time.monotonic() - started)
            url = f"http://127.0.0.1:{port}/readyz"
            await self._tools.probe.wait(url, timeout_s=left_s, alive=lambda: process.alive)
        except NotReady as error:
            raise await process.failed(str(error)) from error
        except BaseException:
            await process.kill()
            raise
        return process

    async def _watch(self, process: ReleaseProcess) -> None:
        """Wait for a serving process to die unasked, and see that the service goes on."""
        code = await asyncio.shield(process.exit_code)
        await process.kill()  # of a process that is dead this closes our end
        async with self._changing:
            back_to = self._back_to() if process is self.current else None
            while process is self.current:
                action, release = self._decide(process, back_to)
                report = self._exit_report(process, code, action, release)
                if action is not ExitAction.ROLLBACK:
                    self._tools.on_exit(report)
                if release is None:
                    self.current = None
                    self._close_port()
                    return
                await asyncio.sleep(self._backoff_s())
                try:
                    await self._take_over(release, process.release, limits.SERVICE_READY_S)
                except DeployFailed:
                    self._deaths.append(time.monotonic())
                else:
                    if action is ExitAction.ROLLBACK:  # which is told once it is true
                        self._tools.on_exit(report)

    def _back_to(self) -> BuiltRelease | None:
        """What served before, where the release that replaced it died at once."""
        previous, self._previous = self._previous, None
        died_at_once = time.monotonic() - self._switched_at < limits.CRASH_WATCH_S
        return previous if died_at_once else None

    def _decide(
        self, process: ReleaseProcess, back_to: BuiltRelease | None
    ) -> tuple[ExitAction, BuiltRelease | None]:
        now = time.monotonic()
        full = len(self._deaths) == limits.RESTARTS_MAX
        if full and now - self._deaths[0] < limits.RESTARTS_WINDOW_S:
            return ExitAction.GIVE_UP, None
        if back_to is not None:
            return ExitAction.ROLLBACK, back_to
        self._deaths.append(now)
        return ExitAction.RESTART, process.release

    def _backoff_s(self) -> float:
        now = time.monotonic()
        recent = sum(now - death < limits.RESTARTS_WINDOW_S for death in self._deaths)
        steps = limits.RESTART_BACKOFF_S
        return steps[min(max(recent - 1, 0), len(steps) - 1)]

    def _exit_report(
        self,
        process: ReleaseProcess,
        code: int,
        action: ExitAction,
        release: BuiltRelease | None,
    ) -> ProcessExit:
        return ProcessExit(
            name=self.name,
            pid=process.pid,
            exit_code=code,
            action=action,
            version=process.release.version,
            next_version=release.version if release else None,
            log_tail=process.log_tail(),
        )

    def _environment(self, release: BuiltRelease) -> dict[str, str]:
        return {
            **self._env,
            "SERVICE_VERSION": release.version,
            "SERVICE_COMMIT": release.commit,
        }

    def _close_port(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


def migrations(release: BuiltRelease) -> frozenset[tuple[str, str]]:
    """A release's migrations as (file name, digest)."""
    folder = release.path / "services" / release.service / "migrations" / "versions"
    return frozenset(
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in folder.glob("*.py")
    )
