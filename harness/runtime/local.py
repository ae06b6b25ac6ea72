"""The local runtime: the whole stack as processes of this machine, held by one guardian."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from harness import limits
from harness.errors import DeployFailed, StackFailed, UnknownName
from harness.model import BuiltRelease, ProcessInfo, ProcessSpec, StackPlan
from harness.runtime import leftovers, ports, postgres
from harness.runtime.base import ExitCallback, Mode, ProcessExit, Progress
from harness.runtime.environment import stack_ports
from harness.runtime.rollout import Service
from harness.runtime.stack import Stack
from harness.runtime.supervise import Containment, Guardian


class LocalRuntime:
    """Implements harness.runtime.base.Runtime, whose words are not repeated here.

    One instance runs one stack, once. `containment` is for tests; the best one is chosen.
    """

    mode: Mode = "honour"

    def __init__(self, *, containment: Containment | None = None) -> None:
        self._containment = containment
        self._stack: Stack | None = None
        self._callbacks: list[ExitCallback] = []
        self._ending = asyncio.Lock()

    async def up(self, plan: StackPlan, progress: Progress) -> None:
        """See Runtime.up."""
        ports.require_free(stack_ports(plan))
        guardian = await Guardian.start(plan.run_dir.resolve(), self._containment)
        self._stack = Stack(plan, guardian, self._tell)
        try:
            await self._stack.start(progress)
        except BaseException:
            # Even where we are being cancelled: nothing of a stack that is not up may stay.
            await asyncio.shield(asyncio.create_task(self.down()))
            raise

    async def spawn(self, spec: ProcessSpec) -> ProcessInfo:
        """See Runtime.spawn."""
        return await self._up().sidecars.start(spec)

    async def stop(self, name: str) -> None:
        """See Runtime.stop."""
        stack = self._up()
        if name in stack.sidecars.names:
            await stack.sidecars.stop(name)
        elif name in stack.services:
            await stack.services[name].stop()
        else:
            raise UnknownName("process", name, (*stack.sidecars.names, *stack.services))

    async def deploy(self, service: str, release: BuiltRelease, progress: Progress) -> None:
        """See Runtime.deploy."""
        await self._service(service).deploy(release, progress)

    async def prepare(self, release: BuiltRelease) -> None:
        """See Runtime.prepare: a release runs as it lies."""

    async def restart(self, service: str, progress: Progress) -> None:
        """See Runtime.restart."""
        found = self._service(service)
        if found.latest is None:
            raise DeployFailed(f"{service} has no release to restart")
        await found.deploy(found.latest, progress)

    def running(self) -> Mapping[str, BuiltRelease]:
        """See Runtime.running."""
        services = self._stack.services if self._stack else {}
        return {
            name: service.current.release
            for name, service in services.items()
            if service.current and service.current.alive
        }

    def processes(self) -> tuple[ProcessInfo, ...]:
        """See Runtime.processes."""
        return self._stack.infos() if self._stack else ()

    def on_exit(self, callback: ExitCallback) -> None:
        """See Runtime.on_exit."""
        self._callbacks.append(callback)

    def database_url(self, service: str, *, role: Literal["owner", "oncall"] = "oncall") -> str:
        """See Runtime.database_url."""
        stack = self._up()
        names = [entry.name for entry in stack.plan.topology if entry.database]
        if stack.server is None or service not in names:
            raise UnknownName("database", service, names)
        return stack.server.url(service if role == "owner" else postgres.ONCALL, service)

    async def down(self) -> None:
        """See Runtime.down."""
        async with self._ending:
            stack, self._stack = self._stack, None
            if stack is None:
                return
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stack.stop_gracefully(), limits.DOWN_S)
            finally:
                await stack.end()
            ports.require_free(stack_ports(stack.plan))

    @classmethod
    def reap(cls, home: Path) -> tuple[str, ...]:
        """See Runtime.reap."""
        return leftovers.reap(home)

    def _up(self) -> Stack:
        if self._stack is None:
            raise StackFailed("the stack is not up")
        return self._stack

    def _service(self, name: str) -> Service:
        services = self._up().services
        if name not in services:
            raise UnknownName("service", name, services)
        return services[name]

    def _tell(self, ended: ProcessExit) -> None:
        for callback in self._callbacks:
            callback(ended)
