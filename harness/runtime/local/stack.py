"""One stack under its guardian: bringing the parts up, and ending them in order."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine
from typing import IO

from harness import limits
from harness.errors import DeployFailed, StackFailed
from harness.model import ProcessInfo, ServiceEntry, StackPlan
from harness.runtime import logs, postgres
from harness.runtime.base import ExitAction, ExitCallback, ProcessExit, Progress
from harness.runtime.environment import service_environment
from harness.runtime.local import server_data
from harness.runtime.local.databases import Preparer, copy_data
from harness.runtime.local.postgres_server import Server, start_postgres
from harness.runtime.local.process import Child
from harness.runtime.local.sealing import Seal
from harness.runtime.local.sidecars import Sidecars, describe
from harness.runtime.local.supervise import NAME, Guardian
from harness.runtime.local.zygote_client import Zygote
from harness.runtime.port_check import listen
from harness.runtime.programs.external import ensure
from harness.runtime.ready import ReadyProbe
from harness.runtime.rollout import Service, Tools
from harness.runtime.seed_digest import read_secrets
from harness.tasks import end_all, together


class Stack:
    """All that runs, or is about to. It tells `on_exit` of whatever ends unasked."""

    def __init__(
        self,
        plan: StackPlan,
        guardian: Guardian,
        on_exit: ExitCallback,
        seal: Seal | None = None,
    ) -> None:
        self.plan, self.guardian, self._seal = plan, guardian, seal
        self.log_dir = plan.run_dir.resolve() / "logs"
        self.services: dict[str, Service] = {}
        self.server: Server | None = None
        self._data = server_data.folder_of(plan.run_dir)
        self._data_lock: IO[str] | None = None
        self._probe = ReadyProbe()
        self.sidecars = Sidecars(guardian, self._probe, self._tell)
        self._zygote: Zygote | None = None
        self._zygote_starting = asyncio.Lock()
        self._on_exit = on_exit
        self._ending = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._guardian_watch = self._keep(self._watch_guardian())
        self._keep(logs.watch(self.log_dir))

    async def start(self, progress: Progress) -> None:
        """Bring everything up. Raises StackFailed, EnvironmentMissing; parts may then run."""
        await together(
            self._start_sidecars(progress),
            self._start_postgres(progress),
            self._start_zygote(progress),
        )
        await together(*(self._start_service(it, progress) for it in self.plan.topology))

    def infos(self) -> tuple[ProcessInfo, ...]:
        """Every process of the stack."""
        base = [self.guardian.info()]
        if self.server:
            base.append(describe(self.server.child))
        if self._zygote:
            base.append(describe(self._zygote.child))
        shop = [it.current.info() for it in self.services.values() if it.current]
        return (*base, *shop, *self.sidecars.infos())

    async def stop_gracefully(self) -> None:
        """Users first, then the shop, then what it stands on."""
        self._ending = True
        planned = {spec.name for spec in self.plan.sidecars}
        names = self.sidecars.names
        await self.sidecars.stop_all(tuple(name for name in names if name not in planned))
        await asyncio.gather(*(service.stop() for service in self.services.values()))
        base = [self.sidecars.stop_all(tuple(name for name in names if name in planned))]
        if self.server:
            base.append(self.server.stop(limits.DOWN_S))
        await asyncio.gather(*base)

    async def end(self) -> None:
        """Kill what is left, and see that it is gone. Raises StackFailed where it is not."""
        self._ending = True
        for service in self.services.values():
            await service.close()
        await self.sidecars.close()
        if self._zygote:
            self._zygote.close()
        if self.guardian.died:
            await self._guardian_watch  # whoever ends because of that is to know it
        await end_all(self._tasks)
        await self._probe.close()
        await self.guardian.close()
        if self._data_lock:
            await asyncio.to_thread(server_data.discard, self._data)
            self._data_lock.close()

    async def _start_sidecars(self, progress: Progress) -> None:
        for spec in self.plan.sidecars:
            try:
                await self.sidecars.start(spec)
            except StackFailed as error:
                if not spec.may_be_missing:
                    raise
                progress(f"{spec.name} disabled: {error.message.splitlines()[0]}")
                self._on_exit(self._never_ready(spec.name))
            else:
                progress(f"{spec.name} is ready")

    def _never_ready(self, name: str) -> ProcessExit:
        """The end of one that the drill does without."""
        codes = [one.exit_code for one in self.sidecars.infos() if one.name == name]
        return ProcessExit(name, None, next(iter(codes), None) or 0, ExitAction.GO_ON)

    async def _start_zygote(self, progress: Progress) -> None:
        await self._running_zygote()
        progress("shopd is ready")

    async def _start_postgres(self, progress: Progress) -> None:
        stateful = [entry.name for entry in self.plan.topology if entry.database]
        if not stateful:
            return
        bindir = await asyncio.to_thread(ensure, "postgres", progress)
        preparer = Preparer(
            self.guardian,
            self._running_zygote,
            bindir,
            tuple(self.plan.releases[name] for name in stateful),
            self.log_dir,
            progress,
        )
        prepared = await preparer.prepare()
        self._data_lock = await asyncio.to_thread(server_data.claim, self._data)
        log_path = self.log_dir / "postgres-prepare.jsonl"
        await copy_data(self.guardian, prepared, self._data, log_path)
        self.server = await start_postgres(
            self.guardian,
            bindir,
            self._data,
            port=postgres.PORT + self.plan.port_offset,
            secrets=read_secrets(prepared),
            log_path=self.log_dir / "postgres.jsonl",
            connections=postgres.connections_for(len(stateful), self.plan.capacity_units),
        )
        self._keep(self._watch_child(self.server.child, ExitAction.NONE))
        progress("postgres is ready")

    async def _start_service(self, entry: ServiceEntry, progress: Progress) -> None:
        service = Service(
            entry.name,
            entry.port + self.plan.port_offset,
            service_environment(self.plan, entry, self.server),
            self.log_dir / f"{entry.name}.jsonl",
            Tools(self._running_zygote, _listen, self._probe, self._tell),
            has_database=entry.database is not None,
        )
        self.services[entry.name] = service
        release = self.plan.releases[entry.name]
        try:
            await service.deploy(release, lambda _line: None, ready_s=limits.SERVICE_FIRST_READY_S)
        except DeployFailed as error:
            raise StackFailed(error.message, error.hint) from error
        progress(f"{entry.name} {release.version} is ready")

    async def _running_zygote(self) -> Zygote:
        """The zygote; a fresh one where it died. Raises StackFailed."""
        async with self._zygote_starting:
            if self.guardian.lost.is_set() or self._ending:
                raise StackFailed("the stack is down")
            if self._zygote is None or not self._zygote.alive:
                self._zygote = await Zygote.start(self.guardian, self.guardian.run_dir, self._seal)
                self._keep(self._watch_child(self._zygote.child, ExitAction.RESTART))
            return self._zygote

    async def _watch_child(self, child: Child, action: ExitAction) -> None:
        code = await asyncio.shield(child.exit_code)
        if not self._ending:
            self._tell(ProcessExit(child.name, child.pid, code, action))

    async def _watch_guardian(self) -> None:
        await self.guardian.lost.wait()
        if not self.guardian.died:
            return
        pid = self.guardian.info().pid
        ended = ProcessExit(NAME, pid, await self.guardian.exit_code(), ExitAction.NONE)
        self._on_exit(ended)

    def _tell(self, ended: ProcessExit) -> None:
        """Tell of an end, unless it is the guardian's: what it held, ended with it."""
        if not self.guardian.lost.is_set():
            self._on_exit(ended)

    def _keep(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _listen(port: int) -> socket.socket:
    return listen(port)
