"""A whole drill in one image: `python -m harness.runtime.compose.box`, which is `make image`.

It holds this checkout without its tests, the libraries, and the programs that the local runtime
needs; what runs in it is a hub. The name carries a digest of what went in; `threeam/box` is the
newest.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from harness.child_env import CLEAN_ENV
from harness.errors import DrillError, EnvironmentMissing
from harness.paths import REPO
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.image_build import PREFIX, build_image, image_name
from harness.runtime.compose.images import image_names, require_space
from harness.runtime.compose.inputs import build_inputs
from harness.terminal import say

NAME, NEWEST = f"{PREFIX}/box", "latest"
BUILD_S = 1_800.0
"""Libraries come from a package index, programs from Debian."""
LEFT_OUT = ("tests/", "docs/images/", ".ci/")
"""What nobody in the box looks at."""
VARIABLE = "PYTHON_IMAGE"


async def build(python_image: str) -> str:
    """The name of the image, built where it is missing. Raises EnvironmentMissing, StackFailed."""
    files = await asyncio.to_thread(context)
    image = image_name("box", files, python_image)
    engine = await Engine.connect()
    try:
        if not await engine.has_image(image):
            await require_space(engine)
            say(f"building {image} (a few minutes, once for each version)")
            await build_image(
                engine,
                image,
                files,
                "compose/box.Dockerfile",
                {VARIABLE: python_image},
                bound_s=BUILD_S,
            )
        await engine.tag(image, NAME, NEWEST)
    finally:
        await engine.close()
    return image


def context() -> dict[str, bytes]:
    """What the image is made of, by file name. Raises EnvironmentMissing where this is no clone."""
    return {
        "compose/box.Dockerfile": (REPO / "compose" / "box.Dockerfile").read_bytes(),
        "requirements.lock": (REPO / "requirements.lock").read_bytes(),
        **{f"inputs/{name}": content for name, content in build_inputs().items()},
        **{f"checkout/{name}": (REPO / name).read_bytes() for name in _checkout()},
    }


def _checkout() -> list[str]:
    """Files that git knows or would take, as far as they are there, in order."""
    argv = ["git", "-C", str(REPO), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(argv, env=CLEAN_ENV, capture_output=True, check=False)
    if done.returncode != 0:
        raise EnvironmentMissing(
            f"{REPO} is no clone of the repository", "make the image from a clone: git clone …"
        )
    names = [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
    kept = [name for name in names if not name.startswith(LEFT_OUT) and _is_plain(REPO / name)]
    return sorted(kept)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def main() -> None:
    """Build the image and say how to run it."""
    began = time.monotonic()
    try:
        image = asyncio.run(build(image_names(os.environ)[VARIABLE]))
    except DrillError as error:
        say(f"drill: {error}")
        sys.exit(error.exit_code)
    say(f"{image} is {NAME}:{NEWEST}, after {time.monotonic() - began:.0f} s; docs/box.md runs it")


if __name__ == "__main__":
    main()
