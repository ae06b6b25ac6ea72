"""What a run in containers takes of this machine, checked before anything of it is made."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass

from harness.runtime.base import Progress
from harness.runtime.compose.command import ensure_program
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.images import ensure_images, image_names, require_space


@dataclass(frozen=True)
class Needs:
    """What was found."""

    program: tuple[str, ...]
    """Of Docker Compose."""
    images: Mapping[str, str]
    """By variable; those that cannot be had, and may be missing, are left out."""


async def check(engine: Engine, progress: Progress) -> Needs:
    """Get what is missing and can be had. Raises EnvironmentMissing for the rest."""
    program = await asyncio.to_thread(ensure_program, progress)
    await require_space(engine)
    names = image_names(os.environ)
    there = await ensure_images(engine, names, progress)
    return Needs(program, {name: image for name, image in names.items() if name in there})


async def preflight(progress: Progress) -> Needs:
    """The same, by a connection of its own: before a drill has so much as a name."""
    engine = await Engine.connect()
    try:
        return await check(engine, progress)
    finally:
        await engine.close()
