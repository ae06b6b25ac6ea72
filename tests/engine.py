"""Whether tests that need a Docker engine can run here, and if not, why."""

from __future__ import annotations

import asyncio
import functools
import os

from harness.errors import DrillError
from harness.runtime.compose.command import find_program
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.images import OPTIONAL, image_names

REQUIRED = "THREEAM_ENGINE"
"""Set to `required` where these tests must run, as in CI: what is missing is then a failure."""


@functools.cache
def why_not() -> str:
    """What is missing, in one line; empty where nothing is."""
    try:
        return asyncio.run(_missing())
    except DrillError as error:
        return error.message


async def _missing() -> str:
    engine = await Engine.connect()
    try:
        names = {k: v for k, v in image_names(os.environ).items() if k not in OPTIONAL}
        absent = [image for image in names.values() if not await engine.has_image(image)]
    finally:
        await engine.close()
    if absent:
        return f"no image {absent[0]}: `make images-offline` builds it"
    return "" if find_program() else "no Docker Compose"
