"""The local runtime: the whole stack as processes of this machine, held by one guardian."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from harness.model import BuiltRelease, StackPlan
from harness.runtime import port_check
from harness.runtime.base import Mode, Progress
from harness.runtime.base_runtime import OneStackRuntime
from harness.runtime.environment import stack_ports
from harness.runtime.local import leftovers, server_data
from harness.runtime.local.sealing import Seal, seal_of, way_to_seal
from harness.runtime.local.stack import Stack
from harness.runtime.local.supervise import Containment, Guardian


class LocalRuntime(OneStackRuntime[Stack]):
    """Implements harness.runtime.base.Runtime, whose words are not repeated here.

    One instance runs one stack, once. `containment` and `is_sealed` are for tests; the best one is
    chosen. `is_hubs`: whoever takes part does so by a hub, and not as a user of this machine.
    """

    def __init__(
        self,
        *,
        containment: Containment | None = None,
        is_sealed: bool = True,
        is_hubs: bool = False,
    ) -> None:
        super().__init__()
        self._containment = containment
        self._is_sealed, self._is_hubs = is_sealed, is_hubs

    @property
    def mode(self) -> Mode:
        """See Runtime.mode: releases are kept from the answer, and so is who only sends them."""
        is_kept = self._is_hubs and self._is_sealed and not way_to_seal().why_not
        return "sealed" if is_kept else "honour"

    async def up(self, plan: StackPlan, progress: Progress) -> None:
        """See Runtime.up."""
        port_check.require_free(stack_ports(plan))
        guardian = await Guardian.start(plan.run_dir.resolve(), self._containment)
        seal = await asyncio.to_thread(self._seal, plan)
        self._stack = Stack(plan, guardian, self._tell, seal)
        try:
            await self._stack.start(progress)
        except BaseException:
            # Even where we are being cancelled: nothing of a stack that is not up may stay.
            await asyncio.shield(asyncio.create_task(self.down()))
            raise

    def _seal(self, plan: StackPlan) -> Seal | None:
        return seal_of(plan.run_dir, plan.port_offset) if self._is_sealed else None

    async def prepare(self, release: BuiltRelease) -> None:
        """See Runtime.prepare: a release runs as it lies."""

    async def sample(self, service: str, path: Path, *, every_s: float, for_s: float) -> None:
        """Let a service write its stack to the new file `path` for each `every_s` seconds of its
        processor time, during the next `for_s`. One that is down writes none. Raises UnknownName.
        """
        process = self._service(service).current
        if process is not None:
            with contextlib.suppress(OSError):
                await process.sample(path, every_s, for_s)

    @classmethod
    def reap(cls, home: Path) -> tuple[str, ...]:
        """See Runtime.reap."""
        ended = leftovers.reap(home)
        server_data.sweep()
        return ended
