"""The Compose runtime: the whole stack as containers, sealed from participants."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from harness import limits
from harness.errors import DeployFailed, StackFailed, UnknownName
from harness.model import BuiltRelease, ProcessInfo, ProcessSpec, StackPlan
from harness.runtime import ports, postgres
from harness.runtime.base import COMPOSE_MARK, ExitCallback, Mode, ProcessExit, Progress
from harness.runtime.compose import leftovers
from harness.runtime.compose.build import ReleaseImages, ensure_own_images
from harness.runtime.compose.command import AT_ONCE, BASE_FILE, Compose
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.needs import check
from harness.runtime.compose.project import OWNER_FILE, owner, project_name
from harness.runtime.compose.stack import Stack
from harness.runtime.environment import stack_ports
from harness.runtime.rollout import Service

INHERITED = (
    *("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "XDG_RUNTIME_DIR"),
    *("LOAD_CPUS", "LOAD_MEMORY"),
)
"""What the Compose program and our file need of our environment."""
UNPRIVILEGED = "10001:10001"


class ComposeRuntime:
    """Implements harness.runtime.base.Runtime, whose words are not repeated here.

    One instance runs one stack, once. `base` is another compose.yaml, for tests.
    """

    mode: Mode = "sealed"

    def __init__(self, *, base: Path = BASE_FILE) -> None:
        self._base = base
        self._stack: Stack | None = None
        self._callbacks: list[ExitCallback] = []
        self._ending = asyncio.Lock()

    async def up(self, plan: StackPlan, progress: Progress) -> None:
        """See Runtime.up."""
        ports.require_free(stack_ports(plan))
        engine = await Engine.connect()
        try:
            await self._start(plan, engine, progress)
        except BaseException:
            # Even where we are being cancelled: nothing of a stack that is not up may stay.
            await asyncio.shield(asyncio.create_task(self.down()))
            await engine.close()
            raise

    async def _start(self, plan: StackPlan, engine: Engine, progress: Progress) -> None:
        needs = await check(engine, progress)
        own = await ensure_own_images(engine, needs.images["PYTHON_IMAGE"], progress)
        (plan.run_dir.resolve().parents[1] / COMPOSE_MARK).touch()
        folder = plan.run_dir.resolve() / "compose"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / OWNER_FILE).write_text(owner())
        provider = folder / "provider"
        provider.mkdir(exist_ok=True)
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        environment |= {
            **needs.images,
            "LIBRARIES_IMAGE": own.libraries,
            "TOOLS_IMAGE": own.tools,
            "RUN_AS": run_as(),
            "PROVIDER_DIR": str(provider),
        }
        compose = Compose(
            needs.program,
            project_name(plan),
            self._base,
            folder,
            environment,
            asyncio.Semaphore(AT_ONCE),
        )
        images = ReleaseImages(engine, needs.images["PYTHON_IMAGE"])
        self._stack = Stack(plan, engine, compose, images, self._tell)
        await self._stack.start(progress, needs.images["POSTGRES_IMAGE"])

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
        """See Runtime.prepare."""
        await self._up().build_ahead(release)

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
        if not (home / COMPOSE_MARK).exists():
            return ()
        # In a thread, since the caller may have an event loop of its own.
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(asyncio.run, leftovers.reap(home)).result()

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


def run_as() -> str:
    """Whom containers of ours run as: this user, or for root somebody who may do nothing."""
    uid, gid = os.geteuid(), os.getegid()
    return f"{uid}:{gid}" if uid else UNPRIVILEGED
