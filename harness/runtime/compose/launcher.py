"""Releases in containers: one for each process that runs a release's code."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Coroutine
from pathlib import Path

from harness import limits
from harness.errors import StackFailed
from harness.runtime.channel import Channel
from harness.runtime.compose.command import Compose
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.host_socket import ControlPoint
from harness.runtime.compose.image_build import ReleaseImages
from harness.runtime.compose.project import CHECKOUT, SERVICE_LABEL, project_label, variable
from harness.runtime.release_process import ReleaseFailed, ReleaseProcess, Work
from harness.tasks import end_all


class Containers:
    """Implements harness.runtime.release_process.Launcher."""

    def __init__(self, engine: Engine, compose: Compose, images: ReleaseImages) -> None:
        self._engine, self._compose, self._images = engine, compose, images
        self._numbers = itertools.count(1)
        self._running: dict[str, tuple[str, str]] = {}
        """Service and container, by the key of the process."""
        self._known: set[str] = set()
        self._starting: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def launch(self, work: Work) -> ReleaseProcess:
        """Run a container of `work`'s release, and give it its order."""
        service = work.release.service
        image = await self._images.ensure(work.release)
        number = next(self._numbers)
        key = f"{service}-{number}"
        point = ControlPoint(self._compose.folder / "control" / key)
        try:
            container = await self._start(service, image, point.folder, key)
            ours = await self._connected(point, container)
        except StackFailed as error:
            raise ReleaseFailed(error.message) from error
        finally:
            point.close()
        channel = Channel(ours)
        process = ReleaseProcess(self, key, work, channel)
        process.pid = (await self._engine.inspect(container))["State"]["Pid"] or None
        self._keep(self._follow(process, key, container, work.log_path))
        with socket.socket() as private:
            private.bind(("127.0.0.1", 0))
            private.listen()
            fds = [private.fileno()] if work.serve else []
            await channel.send({"op": "run", "order": work.order(CHECKOUT)}, fds)
        return process

    async def call(self, work: Work, timeout_s: float) -> None:
        """Run a function of a release to its end."""
        process = await self.launch(work)
        await process.expect("done", timeout_s)
        await process.kill()

    async def kill(self, key: str) -> None:
        """Kill the container, and so every process in it."""
        if key in self._running:
            with contextlib.suppress(StackFailed):
                await self._engine.kill(self._running[key][1])

    async def close(self) -> None:
        """Follow nothing any more."""
        await end_all(self._tasks)

    async def _start(self, service: str, image: str, folder: Path, key: str) -> str:
        """A new container of `service` beside those that it has; its id."""
        async with self._starting.setdefault(service, asyncio.Lock()):
            labels = (project_label(self._compose.project), f"{SERVICE_LABEL}={service}")
            before = {it["Id"] for it in await self._engine.labelled("containers", *labels)}
            values = {variable(service, "IMAGE"): image, variable(service, "CONTROL"): str(folder)}
            await self._compose.up(service, values=values, beside=len(before))
            after = {it["Id"] for it in await self._engine.labelled("containers", *labels)}
            new = after - before - self._known
            if len(new) != 1:
                raise StackFailed(f"Compose made {len(new)} containers of {service}, not one")
            container: str = new.pop()
            self._known.add(container)
            self._running[key] = service, container
            return container

    async def _connected(self, point: ControlPoint, container: str) -> socket.socket:
        """The container's connection. Raises StackFailed where it ends, or keeps us waiting."""
        connecting = asyncio.ensure_future(point.connection())
        ending = asyncio.ensure_future(self._engine.exit_code(container))
        try:
            await asyncio.wait(
                {connecting, ending},
                timeout=limits.CONTAINER_HELLO_S,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if connecting.done():
                return connecting.result()
            await self._engine.kill(container)
            last_words = await self._engine.last_words(container)
            await self._engine.remove("containers", container)
            raise StackFailed(f"its container did not start: {last_words}")
        finally:
            for task in (connecting, ending):
                task.cancel()
            await asyncio.gather(connecting, ending, return_exceptions=True)

    async def _follow(
        self, process: ReleaseProcess, key: str, container: str, log_path: Path
    ) -> None:
        """Write down what it says until its end; then remove it and tell how it ended."""
        writing = asyncio.create_task(self._engine.write_output(container, log_path))
        try:
            code = await self._engine.exit_code(container)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limits.OUTPUT_S):
                    await writing
        finally:
            writing.cancel()
        with contextlib.suppress(StackFailed):
            await self._engine.remove("containers", container)
        self._running.pop(key, None)
        if process.alive:
            process.exit_code.set_result(code)

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
