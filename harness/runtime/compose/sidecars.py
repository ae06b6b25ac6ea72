"""The containers around the shop: telemetry, third parties, load."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from signal import SIGTERM

from harness import limits
from harness.errors import StackFailed
from harness.model import ProcessInfo, ProcessSpec, StackPlan
from harness.runtime.base import ExitAction, ExitCallback, ProcessExit
from harness.runtime.compose.command import Compose
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.project import sidecar_file
from harness.runtime.logs import tail
from harness.runtime.ready import NotReady, ReadyProbe
from harness.tasks import end_all


@dataclass
class Running:
    """One container, and how it ended."""

    spec: ProcessSpec
    container: str
    pid: int | None
    exit_code: asyncio.Future[int] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    stopping: bool = False

    @property
    def alive(self) -> bool:
        return not self.exit_code.done()

    def info(self) -> ProcessInfo:
        """What the model says about it."""
        code = self.exit_code.result() if self.exit_code.done() else None
        return ProcessInfo(self.spec.name, self.pid, self.alive, code)


class Sidecars:
    """Runs containers as they are described, and tells of those that end unasked."""

    def __init__(
        self,
        plan: StackPlan,
        engine: Engine,
        compose: Compose,
        probe: ReadyProbe,
        on_exit: ExitCallback,
    ) -> None:
        self._plan, self._engine, self._compose = plan, engine, compose
        self._probe, self._on_exit = probe, on_exit
        self._running: dict[str, Running] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they were started."""
        return tuple(self._running)

    def infos(self) -> tuple[ProcessInfo, ...]:
        """All of them, ended ones too."""
        return tuple(it.info() for it in self._running.values())

    async def start(self, spec: ProcessSpec) -> ProcessInfo:
        """Start one and wait until it is ready. Raises StackFailed with its last words."""
        file = self._compose.add(spec.name, sidecar_file(self._plan, spec))
        await self._compose.up(spec.name, files=[file])
        running = await self._watch(spec)
        if spec.ready_url is not None:
            try:
                await self._probe.wait(
                    spec.ready_url,
                    timeout_s=spec.ready_timeout_s,
                    alive=lambda: running.alive,
                    login=spec.ready_login,
                )
            except NotReady as error:
                await self.stop(spec.name)
                last = tail(spec.log_path)
                raise StackFailed(f"{spec.name}: {error}\nlast log lines:\n{last}") from error
        self._keep(self._tell(running))
        return running.info()

    async def adopt(self, spec: ProcessSpec) -> None:
        """Take one on that runs and is ready already."""
        self._keep(self._tell(await self._watch(spec)))

    async def _watch(self, spec: ProcessSpec) -> Running:
        """Write down what the container of `spec` says, and how it ends."""
        container = await self._compose.container(self._engine, spec.name)
        state = (await self._engine.inspect(container))["State"]
        running = Running(spec, container, state["Pid"] or None)
        self._running[spec.name] = running
        self._keep(self._follow(running))
        return running

    async def stop(self, name: str) -> None:
        """End one for good."""
        running = self._running[name]
        running.stopping = True
        with contextlib.suppress(StackFailed):
            await self._engine.kill(running.container, SIGTERM.name)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(running.spec.stop_timeout_s):
                await asyncio.shield(running.exit_code)
        if running.alive:
            with contextlib.suppress(StackFailed, TimeoutError):
                await self._engine.kill(running.container)
                async with asyncio.timeout(limits.KILL_S):
                    await asyncio.shield(running.exit_code)
        with contextlib.suppress(StackFailed):
            await self._engine.remove("containers", running.container)

    async def stop_all(self, names: tuple[str, ...]) -> None:
        """End several at once."""
        await asyncio.gather(*(self.stop(name) for name in names))

    async def close(self) -> None:
        """Watch nothing any more."""
        await end_all(self._tasks)

    async def _follow(self, running: Running) -> None:
        log_path = running.spec.log_path.resolve()
        writing = asyncio.create_task(self._engine.write_output(running.container, log_path))
        try:
            code = await self._engine.exit_code(running.container)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limits.OUTPUT_S):
                    await writing
        finally:
            writing.cancel()
        if running.alive:
            running.exit_code.set_result(code)

    async def _tell(self, running: Running) -> None:
        code = await asyncio.shield(running.exit_code)
        if not running.stopping:
            spec = running.spec
            last = tail(spec.log_path, limits.LOG_TAIL_LINES)
            action = ExitAction.GO_ON if spec.may_be_missing else ExitAction.NONE
            ended = ProcessExit(spec.name, running.pid, code, action, log_tail=last)
            self._on_exit(ended)

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
