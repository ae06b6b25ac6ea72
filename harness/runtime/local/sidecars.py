"""The processes around the shop: telemetry, third parties, load."""

from __future__ import annotations

import asyncio

from harness import limits
from harness.errors import StackFailed
from harness.model import ProcessInfo, ProcessSpec
from harness.runtime.base import ExitAction, ExitCallback, ProcessExit
from harness.runtime.local.process import Child, Command
from harness.runtime.local.supervise import Guardian
from harness.runtime.logs import tail
from harness.runtime.ready import NotReady, ReadyProbe


class Sidecars:
    """Runs processes as they are described, and tells of those that end unasked."""

    def __init__(self, guardian: Guardian, probe: ReadyProbe, on_exit: ExitCallback) -> None:
        self._guardian, self._probe, self._on_exit = guardian, probe, on_exit
        self._running: dict[str, tuple[Child, ProcessSpec]] = {}
        self._stopping: set[str] = set()
        self._watchers: set[asyncio.Task[None]] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they were started."""
        return tuple(self._running)

    def infos(self) -> tuple[ProcessInfo, ...]:
        """All of them, ended ones too."""
        return tuple(describe(child) for child, _ in self._running.values())

    async def start(self, spec: ProcessSpec) -> ProcessInfo:
        """Start one and wait until it is ready. Raises StackFailed with its last words."""
        command = Command(
            spec.name, spec.argv, spec.cwd.resolve(), spec.log_path.resolve(), spec.env
        )
        command.log_path.parent.mkdir(parents=True, exist_ok=True)
        child = await self._guardian.spawn(command)
        self._running[spec.name] = child, spec
        self._stopping.discard(spec.name)
        if spec.ready_url is not None:
            try:
                await self._probe.wait(
                    spec.ready_url,
                    timeout_s=spec.ready_timeout_s,
                    alive=lambda: child.alive,
                    login=spec.ready_login,
                )
            except NotReady as error:
                await self.stop(spec.name)
                last = tail(command.log_path)
                raise StackFailed(f"{spec.name}: {error}\nlast log lines:\n{last}") from error
        watcher = asyncio.create_task(self._watch(child, spec))
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)
        return describe(child)

    async def stop(self, name: str) -> None:
        """End one for good."""
        child, spec = self._running[name]
        self._stopping.add(name)
        await child.stop(spec.stop_timeout_s)

    async def stop_all(self, names: tuple[str, ...]) -> None:
        """End several at once."""
        await asyncio.gather(*(self.stop(name) for name in names))

    async def close(self) -> None:
        """Watch nothing any more."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    async def _watch(self, child: Child, spec: ProcessSpec) -> None:
        code = await asyncio.shield(child.exit_code)
        if spec.name not in self._stopping:
            last = tail(spec.log_path, limits.LOG_TAIL_LINES)
            action = ExitAction.GO_ON if spec.may_be_missing else ExitAction.NONE
            self._on_exit(ProcessExit(spec.name, child.pid, code, action, log_tail=last))


def describe(child: Child) -> ProcessInfo:
    """What the model says about a process."""
    code = child.exit_code.result() if child.exit_code.done() else None
    return ProcessInfo(child.name, child.pid, child.alive, code)
