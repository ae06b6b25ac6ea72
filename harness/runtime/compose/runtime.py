"""The Compose runtime: the whole stack as containers, sealed from participants."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.child_env import ENGINE, PLACES, program_env
from harness.model import BuiltRelease, StackPlan
from harness.runtime import port_check
from harness.runtime.base import Mode, Progress, used_mark
from harness.runtime.base_runtime import OneStackRuntime
from harness.runtime.compose import leftovers
from harness.runtime.compose.command import AT_ONCE, BASE_FILE, Compose
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.image_build import ReleaseImages, ensure_own_images
from harness.runtime.compose.needs import check
from harness.runtime.compose.project import OWNER_FILE, owner, project_name
from harness.runtime.compose.stack import Stack
from harness.runtime.environment import stack_ports

NAME = "compose"
LOAD_BOUNDS = ("LOAD_CPUS", "LOAD_MEMORY")
"""What our file takes from the environment, beside images."""
UNPRIVILEGED = "10001:10001"


class ComposeRuntime(OneStackRuntime[Stack]):
    """Implements harness.runtime.base.Runtime, whose words are not repeated here.

    One instance runs one stack, once. `base` is another compose.yaml, for tests.
    """

    mode: Mode = "sealed"

    def __init__(self, *, base: Path = BASE_FILE) -> None:
        super().__init__()
        self._base = base

    async def up(self, plan: StackPlan, progress: Progress) -> None:
        """See Runtime.up."""
        port_check.require_free(stack_ports(plan))
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
        used_mark(plan.run_dir.resolve().parents[1], NAME).touch()
        folder = plan.run_dir.resolve() / "compose"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / OWNER_FILE).write_text(owner(), encoding="utf-8")
        provider = folder / "provider"
        provider.mkdir(exist_ok=True)
        environment = {
            **program_env(PLACES, ENGINE, LOAD_BOUNDS),
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

    async def prepare(self, release: BuiltRelease) -> None:
        """See Runtime.prepare."""
        await self._up().build_ahead(release)

    @classmethod
    def reap(cls, home: Path) -> tuple[str, ...]:
        """See Runtime.reap."""
        if not used_mark(home, NAME).exists():
            return ()
        # In a thread, since the caller may have an event loop of its own.
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(asyncio.run, leftovers.reap(home)).result()


def run_as() -> str:
    """Whom containers of ours run as: this user, or for root somebody who may do nothing."""
    uid, gid = os.geteuid(), os.getegid()
    return f"{uid}:{gid}" if uid else UNPRIVILEGED
