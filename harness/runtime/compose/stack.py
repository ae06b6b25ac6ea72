"""One stack of containers: bringing the parts up, and ending them in order."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Coroutine

from harness import limits, ports
from harness.errors import DeployFailed, StackFailed
from harness.model import (
    BuiltRelease,
    ContainerSpec,
    ProcessInfo,
    ProcessSpec,
    ServiceEntry,
    StackPlan,
)
from harness.runtime import logs, postgres
from harness.runtime.base import ExitAction, ExitCallback, ProcessExit, Progress
from harness.runtime.compose.command import Compose
from harness.runtime.compose.databases import Databases
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.front import Front
from harness.runtime.compose.image_build import ReleaseImages
from harness.runtime.compose.launcher import Containers
from harness.runtime.compose.leftovers import answers_again, remove_all
from harness.runtime.compose.project import (
    FRONT,
    RUN_LABEL,
    SIDECAR_BASES,
    project_file,
    service_environment,
)
from harness.runtime.compose.sidecars import Sidecars
from harness.runtime.ready import ReadyProbe
from harness.runtime.release_process import Launcher, ReleaseFailed
from harness.runtime.rollout import Service, Tools
from harness.tasks import end_all, together


class Stack:
    """All that runs, or is about to. It tells `on_exit` of whatever ends unasked."""

    def __init__(
        self,
        plan: StackPlan,
        engine: Engine,
        compose: Compose,
        images: ReleaseImages,
        on_exit: ExitCallback,
    ) -> None:
        self.plan, self._engine, self._compose, self._images = plan, engine, compose, images
        self._log_dir = plan.run_dir.resolve() / "logs"
        self.services: dict[str, Service] = {}
        self.server: postgres.Access | None = None
        self._probe = ReadyProbe()
        self._on_exit = on_exit
        self.sidecars = Sidecars(plan, engine, compose, self._probe, self._tell)
        self._containers = Containers(engine, compose, images)
        self._front: Front | None = None
        self._ending = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._keep(logs.watch(self._log_dir))

    async def start(self, progress: Progress, postgres_image: str) -> None:
        """Bring everything up. Raises StackFailed, EnvironmentMissing; parts may then run."""
        self._compose.add("project", project_file(self.plan))
        await together(self._start_front(), self._build_releases(progress))
        progress("the shop's network is ready")
        await together(
            self._start_sidecars(progress), self._start_postgres(postgres_image, progress)
        )
        self._keep(self._watch_events())
        extras = [spec for spec in self.plan.sidecars if spec.may_be_missing]
        await together(
            *(self._start_service(it, progress) for it in self.plan.topology),
            *(self._start_extra(spec, progress) for spec in extras),
        )

    async def build_ahead(self, release: BuiltRelease) -> None:
        """Build the image of a release that will be deployed; a deploy says what is wrong."""
        with contextlib.suppress(ReleaseFailed, StackFailed):
            await self._images.ensure(release)

    def infos(self) -> tuple[ProcessInfo, ...]:
        """Every process of the stack: the first of each container."""
        shop = [it.current.info() for it in self.services.values() if it.current]
        return (*self.sidecars.infos(), *shop)

    async def stop_gracefully(self) -> None:
        """Users first, then the shop; the rest has nothing to lose."""
        self._ending = True
        planned = {spec.name for spec in self.plan.sidecars} | {FRONT, postgres.NAME}
        await self.sidecars.stop_all(tuple(it for it in self.sidecars.names if it not in planned))
        await asyncio.gather(*(service.stop() for service in self.services.values()))

    async def end(self) -> None:
        """Remove what is left, and see that it is gone. Raises StackFailed where it is not."""
        self._ending = True
        for service in self.services.values():
            await service.close()
        await self.sidecars.close()
        await end_all(self._tasks)
        if self._front:
            self._front.close()
        await self._containers.close()
        await self._probe.close()
        try:
            await self._remove()
            with contextlib.suppress(StackFailed):
                await self._images.forget()
        finally:
            await self._engine.close()

    async def _remove(self) -> None:
        """Remove all that carries this run's name. Raises StackFailed."""
        if self._engine.lost and not await answers_again(self._engine, limits.ENGINE_BACK_S):
            raise StackFailed(
                f"the Docker engine went away, and was not back within {limits.ENGINE_BACK_S:g} s: "
                f"containers of {self._compose.project} may still be there",
                "start it again: the next drill from here removes what is left",
            )
        await remove_all(self._engine, f"{RUN_LABEL}={self._compose.project}")

    async def _start_front(self) -> None:
        self._front = await Front.start(self._engine, self._compose)
        inside = [spec for spec in self.plan.sidecars if spec.name in SIDECAR_BASES]
        if inside:
            await self._front.relay(ports.API + self.plan.port_offset)
        places = {it for spec in inside if isinstance(spec, ContainerSpec) for it in spec.reaches}
        if places:
            await self._front.tunnel(ports.TUNNEL, places)
        await self._watch_base(FRONT)

    async def _build_releases(self, progress: Progress) -> None:
        """Build the images of the first releases, which are the same in every run."""

        async def build(release: BuiltRelease) -> None:
            try:
                await self._images.ensure(release, keep=True)
            except ReleaseFailed as error:
                raise StackFailed(f"{release.service}: {error}") from error

        await together(*(build(release) for release in self.plan.releases.values()))
        progress("the releases' images are ready")

    async def _start_sidecars(self, progress: Progress) -> None:
        for spec in self.plan.sidecars:
            if not spec.may_be_missing:
                await self.sidecars.start(spec)
                progress(f"{spec.name} is ready")

    async def _start_extra(self, spec: ProcessSpec, progress: Progress) -> None:
        """Start what the drill can do without; say so where it does not start."""
        try:
            await self.sidecars.start(spec)
            progress(f"{spec.name} is ready")
        except StackFailed as error:
            progress(f"{spec.name} disabled: {error.message.splitlines()[0]}")

    async def _start_postgres(self, image: str, progress: Progress) -> None:
        if not any(entry.database for entry in self.plan.topology):
            return
        databases = Databases(
            self.plan, self._engine, self._compose, self._containers, image, progress
        )
        prepared, secrets = await databases.prepare()
        self.server = await databases.start(prepared, secrets)
        await self._watch_base(postgres.NAME)
        progress("postgres is ready")

    async def _start_service(self, entry: ServiceEntry, progress: Progress) -> None:
        service = Service(
            entry.name,
            entry.port,
            service_environment(self.plan, entry, self.server.secrets if self.server else None),
            self._log_dir / f"{entry.name}.jsonl",
            Tools(self._launcher, self._listen, self._probe, self._tell),
            has_database=entry.database is not None,
        )
        self.services[entry.name] = service
        release = self.plan.releases[entry.name]
        try:
            await service.deploy(release, lambda _line: None, ready_s=limits.CONTAINER_READY_S)
        except DeployFailed as error:
            raise StackFailed(error.message, error.hint) from error
        progress(f"{entry.name} {release.version} is ready")

    async def _launcher(self) -> Launcher:
        if self._ending:
            raise StackFailed("the stack is down")
        if self._engine.lost:
            raise StackFailed("the Docker engine went away")
        return self._containers

    async def _listen(self, port: int) -> socket.socket:
        if self._front is None:
            raise StackFailed("the shop's network is not up")
        return await self._front.listen(port)

    async def _watch_base(self, name: str) -> None:
        """Follow a container that everything stands on."""
        spec = ProcessSpec(name, (), {}, self.plan.run_dir, self._log_dir / f"{name}.jsonl")
        await self.sidecars.adopt(spec)

    async def _watch_events(self) -> None:
        """A container that was paused from outside is ended: it is told like any other end."""
        label = f"{RUN_LABEL}={self._compose.project}"
        async for event in self._engine.events(label):
            if event.get("Action") == "pause":
                with contextlib.suppress(StackFailed):
                    await self._engine.kill(event["id"])
        if not self._ending:
            self._on_exit(ProcessExit("the Docker engine", None, 1, ExitAction.NONE))

    def _tell(self, ended: ProcessExit) -> None:
        """A process ended by itself. With the engine all seem to end, which is told once."""
        if not self._engine.lost:
            self._on_exit(ended)

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
