"""Base images for a machine without an image registry, made of Debian's packages.

    python -m harness.runtime.compose.offline

A minimal system by debootstrap becomes the base of all; Python and Postgres are installed into it,
Prometheus and Alertmanager are unpacked. The machine's own package sources, authorities and proxies
are used. What is there already is not made again. The names go to var/compose.env.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from harness import limits
from harness.child_env import CLEAN_ENV, NETWORK, PLACES, program_env
from harness.errors import DrillError, EnvironmentMissing
from harness.paths import REPO
from harness.runtime.base import Progress
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.image_build import PREFIX, build_image, image_name, tree
from harness.runtime.compose.images import VARIABLES, require_space
from harness.runtime.compose.inputs import ca_bundle
from harness.runtime.programs import fetch
from harness.runtime.programs.cache import cache_dir

SUITE = "bookworm"
"""Its Python is the 3.11 that the shop is tested with."""
INCLUDED = "ca-certificates"
DOCKERFILES = REPO / "compose" / "images"
BUILD_S = 900.0
PIECE_BYTES = 1 << 20
PACKAGES = {
    "PROMETHEUS_IMAGE": ("prometheus", ("prometheus", "promtool")),
    "ALERTMANAGER_IMAGE": ("alertmanager", ("prometheus-alertmanager",)),
}
"""By variable: the Dockerfile, and the packages that are unpacked for it."""
INSTALLED = {"PYTHON_IMAGE": "python", "POSTGRES_IMAGE": "postgres"}
HEADER = (
    "# Written by `make images-offline`. No Grafana: Debian has none; use the console instead.\n"
)


async def build_all(progress: Progress) -> dict[str, str]:
    """Make what is missing; the images by variable. Raises EnvironmentMissing, StackFailed."""
    engine = await Engine.connect()
    try:
        await require_space(engine)
        base = await _base(engine, progress)
        names = {}
        for variable, part in INSTALLED.items():
            names[variable] = await _build(engine, part, {}, base, progress)
        for variable, (part, packages) in PACKAGES.items():
            files: dict[str, bytes] = {}
            for package in packages:
                root = await asyncio.to_thread(fetch.fetch_package, package, progress)
                files |= dict(tree(root, package, [root / "usr"]))
            names[variable] = await _build(engine, part, files, base, progress)
        return names
    finally:
        await engine.close()


async def _build(
    engine: Engine, part: str, files: dict[str, bytes], base: str, progress: Progress
) -> str:
    dockerfile = f"{part}.Dockerfile"
    content = {**files, dockerfile: (DOCKERFILES / dockerfile).read_bytes()}
    image = image_name(part, content, base)
    if not await engine.has_image(image):
        progress(f"building {image}")
        arguments = {"BASE": base}
        await build_image(engine, image, content, dockerfile, arguments, bound_s=BUILD_S)
    return image


async def _base(engine: Engine, progress: Progress) -> str:
    """The minimal system, with what it takes to install packages where this machine can."""
    extra = {f"etc/apt/sources.list.d/{n}": t for n, t in fetch.package_sources(SUITE).items()}
    extra["etc/apt/apt.conf.d/90this-machine"] = await asyncio.to_thread(_proxies_of_apt)
    bundle = ca_bundle()
    if bundle is not None:
        extra["etc/ssl/certs/ca-certificates.crt"] = bundle.read_text(encoding="utf-8")
    digest = hashlib.sha256(repr((SUITE, INCLUDED, sorted(extra.items()))).encode())
    tag = digest.hexdigest()[:12]
    image = f"{PREFIX}/base:{tag}"
    if not await engine.has_image(image):
        with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="base.", suffix=".part") as name:
            root = Path(name) / "root"
            await asyncio.to_thread(_debootstrap, root, progress)
            for path, text in extra.items():
                (root / path).write_text(text, encoding="utf-8")
            if any(path.endswith(".sources") for path in extra):
                (root / "etc/apt/sources.list").unlink(missing_ok=True)
            shutil.rmtree(root / "var/cache/apt")
            progress("making an image of it")
            await engine.load_root(_tar(root), f"{PREFIX}/base", tag, bound_s=limits.PULL_S)
    return image


def _debootstrap(root: Path, progress: Progress) -> None:
    """Fill `root` with a minimal system. Blocking. Raises EnvironmentMissing."""
    if os.geteuid() != 0:
        raise EnvironmentMissing(
            "building images without a registry needs root, for debootstrap",
            "sudo make images-offline; drills themselves need no root",
        )
    program, env = shutil.which("debootstrap"), []
    if program is None:
        package = fetch.fetch_package("debootstrap", progress)
        program = str(package / "usr/sbin/debootstrap")
        env = ["env", f"DEBOOTSTRAP_DIR={package / 'usr/share/debootstrap'}"]
    progress("making a minimal Debian system (half a minute, once)")
    mirror = _mirror()
    argv = [*env, program, "--variant=minbase", f"--include={INCLUDED}", SUITE, str(root)]
    fetch.run_tool(argv + ([mirror] if mirror else []), "a minimal Debian system", lambda _: None)


def _mirror() -> str | None:
    """Where this machine gets Debian's packages from, if it does."""
    for text in fetch.package_sources(SUITE).values():
        for line in text.splitlines():
            words = line.split()
            if words[:1] in (["deb"], ["URIs:"]) and SUITE in text:
                found = next((it for it in words if it.startswith("http")), None)
                if found is not None:
                    return found
    return None


def _proxies_of_apt() -> str:
    done = subprocess.run(
        ["apt-config", "dump"],
        env=program_env(PLACES, NETWORK),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    kept = [it for it in done.stdout.splitlines() if it.startswith("Acquire") and "Proxy" in it]
    return "".join(f"{line}\n" for line in kept)


async def _tar(root: Path) -> AsyncIterator[bytes]:
    """A tar of all below `root`, with its owners and modes."""
    argv = ["tar", "--numeric-owner", "-C", str(root), "-c", "."]
    process = await asyncio.create_subprocess_exec(
        *argv, env=CLEAN_ENV, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None  # noqa: S101  asked for as a pipe
    while piece := await process.stdout.read(PIECE_BYTES):
        yield piece
    await process.wait()


def main() -> int:
    """Exit code: 0, or that of the error, which goes to stderr."""
    try:
        names = asyncio.run(build_all(lambda text: print(f"… {text}", file=sys.stderr)))  # noqa: T201
    except DrillError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    VARIABLES.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}={image}\n" for name, image in {**names, "GRAFANA_IMAGE": ""}.items()]
    VARIABLES.write_text(HEADER + "".join(lines), encoding="utf-8")
    sys.stderr.write(f"the images are named in {VARIABLES}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
