"""The local runtime: the whole stack as processes of this machine, held by one guardian."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Coroutine, Mapping
from pathlib import Path
from typing import Literal

from harness import limits
from harness.errors import DeployFailed, StackFailed, UnknownName
from harness.model import BuiltRelease, ProcessInfo, ProcessSpec, StackPlan
from harness.runtime import leftovers, logs, ports, postgres
from harness.runtime.base import ExitAction, ExitCallback, Mode, ProcessExit, Progress
from harness.runtime.child import Child
from harness.runtime.databases import Preparer, copy_data, read_secrets
from harness.runtime.environment import service_environment, stack_ports
from harness.runtime.external import ensure
from harness.runtime.ready import ReadyProbe
from harness.runtime.rollout import Service, Tools
from harness.runtime.sidecars import Sidecars, describe
from harness.runtime.supervise import Containment, Guardian
from harness.runtime.zygote import Zygote


class LocalRuntime:
    """Implements harness.runtime.base.Runtime. One instance runs one stack, once."""

    mode: Mode = "honour"

    def __init__(self, *, containment: Containment | None = None) -> None:
        self._containment = containment
        self._plan: StackPlan | None = None
        self._guardian: Guardian | None = None
        self._sidecars: Sidecars | None = None
        self._server: postgres.Server | None = None
        self._zygote: Zygote | None = None
        self._zygote_starting = asyncio.Lock()
        self._probe = ReadyProbe()
        self._services: dict[str, Service] = {}
        self._callbacks: list[ExitCallback] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = asyncio.Lock()
        self._ended = False

    async def up(self, plan: StackPlan, progress: Progress) -> None:
        """See Runtime.up."""
        ports.require_free(stack_ports(plan))
        self._plan = plan
        try:
            await self._start(plan, progress)
        except BaseException:
            # Even where we are being cancelled: nothing of a stack that is not up may stay.
            await asyncio.shield(asyncio.create_task(self.down()))
            raise

    async def spawn(self, spec: ProcessSpec) -> ProcessInfo:
        """See Runtime.spawn."""
        if self._sidecars is None:
            raise StackFailed(f"{spec.name} cannot be started: the stack is not up")
        return await self._sidecars.start(spec)

    async def stop(self, name: str) -> None:
        """See Runtime.stop."""
        sidecars = self._sidecars.names if self._sidecars else ()
        if self._sidecars and name in sidecars:
            await self._sidecars.stop(name)
        elif name in self._services:
            await self._services[name].stop()
        else:
            raise UnknownName("process", name, (*sidecars, *self._services))

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
        return {
            name: service.current.release
            for name, service in self._services.items()
            if service.current and service.current.alive
        }

    def processes(self) -> tuple[ProcessInfo, ...]:
        """See Runtime.processes."""
        found: list[ProcessInfo] = []
        if self._guardian:
            found.append(self._guardian.info())
        if self._server:
            found.append(describe(self._server.child))
        if self._zygote:
            found.append(describe(self._zygote.child))
        found += [it.current.info() for it in self._services.values() if it.current]
        return (*found, *(self._sidecars.infos() if self._sidecars else ()))

    def on_exit(self, callback: ExitCallback) -> None:
        """See Runtime.on_exit."""
        self._callbacks.append(callback)

    def database_url(self, service: str, *, role: Literal["owner", "oncall"] = "oncall") -> str:
        """See Runtime.database_url."""
        topology = self._plan.topology if self._plan else ()
        names = [entry.name for entry in topology if entry.database]
        if self._server is None or service not in names:
            raise UnknownName("database", service, names)
        return self._server.url(service if role == "owner" else postgres.ONCALL, service)

    async def down(self) -> None:
        """See Runtime.down."""
        async with self._ending:
            if self._guardian is None or self._ended:
                return
            self._ended = True
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop_gracefully(), limits.DOWN_S)
            finally:
                await self._end(self._guardian)

    @classmethod
    def reap(cls, home: Path) -> tuple[str, ...]:
        """See Runtime.reap."""
        return leftovers.reap(home)

    async def _start(self, plan: StackPlan, progress: Progress) -> None:
        self._guardian = await Guardian.start(plan.run_dir.resolve(), self._containment)
        self._sidecars = Sidecars(self._guardian, self._probe, self._tell)
        self._keep(self._watch_guardian(self._guardian))
        self._keep(logs.watch(plan.run_dir / "logs"))
        await _together(
            self._start_sidecars(self._sidecars, plan, progress),
            self._start_postgres(self._guardian, plan, progress),
            self._start_zygote(progress),
        )
        await _together(*(self._start_service(plan, it.name, progress) for it in plan.topology))

    async def _start_sidecars(
        self, sidecars: Sidecars, plan: StackPlan, progress: Progress
    ) -> None:
        for spec in plan.sidecars:
            await sidecars.start(spec)
            progress(f"{spec.name} is ready")

    async def _start_zygote(self, progress: Progress) -> None:
        await self._running_zygote()
        progress("shopd is ready")

    async def _start_postgres(
        self, guardian: Guardian, plan: StackPlan, progress: Progress
    ) -> None:
        stateful = [entry.name for entry in plan.topology if entry.database]
        if not stateful:
            return
        bindir = await asyncio.to_thread(ensure, "postgres", progress)
        log_dir = plan.run_dir.resolve() / "logs"
        releases = tuple(plan.releases[name] for name in stateful)
        zygote = self._running_zygote
        preparer = Preparer(guardian, zygote, bindir, releases, log_dir, progress)
        prepared = await preparer.prepare()
        data = postgres.data_folder(plan.run_dir)
        await asyncio.to_thread(copy_data, prepared, data)
        self._server = await postgres.start(
            guardian,
            bindir,
            data,
            port=postgres.PORT + plan.port_offset,
            secrets=read_secrets(prepared),
            log_path=log_dir / "postgres.jsonl",
            connections=postgres.connections_for(len(stateful), plan.capacity_units),
        )
        self._keep(self._watch_child(self._server.child, ExitAction.NONE))
        progress("postgres is ready")

    async def _start_service(self, plan: StackPlan, name: str, progress: Progress) -> None:
        entry = next(it for it in plan.topology if it.name == name)
        service = Service(
            name,
            entry.port + plan.port_offset,
            service_environment(plan, entry, self._server),
            plan.run_dir.resolve() / "logs" / f"{name}.jsonl",
            Tools(self._running_zygote, self._probe, self._tell),
            has_database=entry.database is not None,
        )
        self._services[name] = service
        try:
            await service.deploy(plan.releases[name], lambda _line: None)
        except DeployFailed as error:
            raise StackFailed(error.message, error.hint) from error
        progress(f"{name} {plan.releases[name].version} is ready")

    async def _running_zygote(self) -> Zygote:
        """The zygote; a fresh one where it died. Raises StackFailed."""
        async with self._zygote_starting:
            if self._guardian is None or self._guardian.lost.is_set() or self._ended:
                raise StackFailed("the stack is down")
            if self._zygote is None or not self._zygote.alive:
                run_dir = self._guardian.run_dir
                self._zygote = await Zygote.start(self._guardian, run_dir)
                self._keep(self._watch_child(self._zygote.child, ExitAction.RESTART))
            return self._zygote

    async def _stop_gracefully(self) -> None:
        """Users first, then the shop, then what it stands on."""
        sidecars, plan = self._sidecars, self._plan
        planned = {spec.name for spec in plan.sidecars} if plan else set()
        names = sidecars.names if sidecars else ()
        if sidecars:
            await sidecars.stop_all(tuple(name for name in names if name not in planned))
        await asyncio.gather(*(service.stop() for service in self._services.values()))
        base: list[Awaitable[None]] = [self._server.stop(limits.DOWN_S)] if self._server else []
        if sidecars:
            base.append(sidecars.stop_all(tuple(name for name in names if name in planned)))
        await asyncio.gather(*base)

    async def _end(self, guardian: Guardian) -> None:
        """Kill what is left, and make sure that it is gone."""
        for service in self._services.values():
            await service.close()
        if self._sidecars:
            await self._sidecars.close()
        if self._zygote:
            self._zygote.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._probe.close()
        await guardian.close()
        if self._plan:
            await asyncio.to_thread(postgres.remove_data, self._plan.run_dir)
            ports.require_free(stack_ports(self._plan))

    def _service(self, name: str) -> Service:
        if name not in self._services:
            raise UnknownName("service", name, self._services)
        return self._services[name]

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell(self, ended: ProcessExit) -> None:
        for callback in self._callbacks:
            callback(ended)

    async def _watch_child(self, child: Child, action: ExitAction) -> None:
        code = await asyncio.shield(child.exit_code)
        if not self._ended:
            self._tell(ProcessExit(child.name, child.pid, code, action))

    async def _watch_guardian(self, guardian: Guardian) -> None:
        await guardian.lost.wait()
        if not self._ended:
            info = guardian.info()
            self._tell(ProcessExit(info.name, info.pid, info.exit_code or 0, ExitAction.NONE))


async def _together(*works: Coroutine[object, object, None]) -> None:
    """Run all; the first failure cancels the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as error:
        raise error.exceptions[0] from error
