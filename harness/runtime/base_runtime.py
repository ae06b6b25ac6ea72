"""What both runtimes do alike: pass what is asked of them on to the one stack that they run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

from harness import limits
from harness.errors import DeployFailed, StackFailed, UnknownName
from harness.model import BuiltRelease, ProcessInfo, ProcessSpec, StackPlan
from harness.runtime import port_check, postgres
from harness.runtime.base import DatabaseRole, ExitCallback, ProcessExit, Progress
from harness.runtime.environment import stack_ports
from harness.runtime.rollout import Service


class SidecarProcesses(Protocol):
    """What runs beside the services."""

    @property
    def names(self) -> tuple[str, ...]: ...

    async def start(self, spec: ProcessSpec) -> ProcessInfo: ...

    async def stop(self, name: str) -> None: ...


class RunningStack(Protocol):
    """All that runs, or is about to."""

    @property
    def plan(self) -> StackPlan: ...

    @property
    def services(self) -> Mapping[str, Service]: ...

    @property
    def server(self) -> postgres.Access | None: ...

    @property
    def sidecars(self) -> SidecarProcesses: ...

    def infos(self) -> tuple[ProcessInfo, ...]:
        """Every process of the stack."""
        ...

    async def stop_gracefully(self) -> None:
        """End what has something to lose, in order."""
        ...

    async def end(self) -> None:
        """End all that is left, and see that it is gone. Raises StackFailed where it is not."""
        ...


Running = TypeVar("Running", bound=RunningStack)


class OneStackRuntime(Generic[Running]):
    """The part of harness.runtime.base.Runtime, whose words are not repeated here, that is the same
    whatever the stack is made of. `up` of a subclass sets `_stack`.

    One instance runs one stack, once.
    """

    def __init__(self) -> None:
        self._stack: Running | None = None
        self._callbacks: list[ExitCallback] = []
        self._ending = asyncio.Lock()
        self._collapsed = ""
        self._has_collapsed = asyncio.Event()

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

    def deployed(self) -> Mapping[str, BuiltRelease]:
        """See Runtime.deployed."""
        services = self._stack.services if self._stack else {}
        return {name: service.latest for name, service in services.items() if service.latest}

    def processes(self) -> tuple[ProcessInfo, ...]:
        """See Runtime.processes."""
        return self._stack.infos() if self._stack else ()

    def on_exit(self, callback: ExitCallback) -> None:
        """See Runtime.on_exit."""
        self._callbacks.append(callback)

    async def collapse(self) -> str:
        """See Runtime.collapse."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.EXIT_TOLD_S):
                await self._has_collapsed.wait()
        return self._collapsed

    def database_url(self, service: str, *, role: DatabaseRole = "oncall") -> str:
        """See Runtime.database_url."""
        stack = self._up()
        names = [entry.name for entry in stack.plan.topology if entry.database]
        if stack.server is None or service not in names:
            raise UnknownName("database", service, names)
        return stack.server.url(service if role == "owner" else role, service)

    async def down(self) -> None:
        """See Runtime.down."""
        async with self._ending:
            stack, self._stack = self._stack, None
            if stack is None:
                return
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(limits.DOWN_S):
                        await stack.stop_gracefully()
            finally:
                await stack.end()
            port_check.require_free(stack_ports(stack.plan))

    def _up(self) -> Running:
        if self._stack is None:
            raise StackFailed("the stack is not up")
        return self._stack

    def _service(self, name: str) -> Service:
        services = self._up().services
        if name not in services:
            raise UnknownName("service", name, services)
        return services[name]

    def _tell(self, ended: ProcessExit) -> None:
        if ended.ends_all:
            self._collapsed = self._collapsed or ended.name
            self._has_collapsed.set()
        for callback in self._callbacks:
            callback(ended)
