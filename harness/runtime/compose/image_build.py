"""Images of ours: the libraries, the tools, and one for each release.

Names carry a digest of what went in, so that what is there already is never built again.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import StackFailed
from harness.model import BuiltRelease
from harness.paths import REPO
from harness.runtime import shopd
from harness.runtime.base import Progress
from harness.runtime.compose.engine import Engine, Found
from harness.runtime.compose.inputs import build_inputs
from harness.runtime.release_process import ReleaseFailed

PREFIX = "threeam"
LIBRARIES_S = 900.0
"""The libraries come from a package index."""
RELEASE_S = 90.0
AT_ONCE = 2
KEPT_OF_EACH = 6
"""Images of a service, for the next starts; older ones go with the end of a run."""
SHARED = ("chassis", "sampledata")
ELF = b"\x7fELF"

TOOLS_PARTS = ("harness/telemetry", "harness/thirdparty", "loadgen")
GROUND = (
    *("__init__", "bounded_http", "causes", "door", "errors", "limits", "model", "paths", "ports"),
    *("tokens", "waiting"),
)
TOOLS_GROUND = tuple(f"harness/{name}.py" for name in GROUND)
"""What the tools are made of; nothing that knows what a drill is about."""
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class OwnImages:
    """Names of the images that every run needs beside the official ones."""

    libraries: str
    tools: str


async def ensure_own_images(engine: Engine, python_image: str, progress: Progress) -> OwnImages:
    """Build the libraries and the tools where they are missing. Raises StackFailed."""
    base = await asyncio.to_thread(_libraries_context)
    libraries = image_name("libraries", base, python_image)
    if not await engine.has_image(libraries):
        progress("building the image of the libraries (a minute or two, once)")
        arguments = {"PYTHON_IMAGE": python_image}
        await build_image(
            engine,
            libraries,
            base,
            "Dockerfile",
            arguments,
            target="libraries",
            bound_s=LIBRARIES_S,
        )
    tools_files = await asyncio.to_thread(tools_context)
    tools = image_name("tools", tools_files, libraries)
    if not await engine.has_image(tools):
        progress("building the image of the tools")
        arguments = {"LIBRARIES_IMAGE": libraries}
        await build_image(engine, tools, tools_files, "tools.Dockerfile", arguments)
    return OwnImages(libraries, tools)


class ReleaseImages:
    """Builds what a release runs from."""

    def __init__(self, engine: Engine, python_image: str) -> None:
        self._engine, self._python_image = engine, python_image
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._first: set[str] = set()
        self._later: set[str] = set()

    async def ensure(self, release: BuiltRelease, *, keep: bool = False) -> str:
        """The name of a release's image, built if need be. Raises ReleaseFailed.

        `keep`: it is the same in every run, and stays on this machine.
        """
        files = await asyncio.to_thread(_release_context, release)
        image = image_name(release.service, files, self._python_image)
        async with self._gate:
            if not await self._engine.has_image(image):
                arguments = {"PYTHON_IMAGE": self._python_image, "SERVICE": release.service}
                try:
                    await build_image(self._engine, image, files, "Dockerfile", arguments)
                except StackFailed as error:
                    raise ReleaseFailed(f"its image was not built: {error.message}") from error
            (self._first if keep else self._later).add(image)
        return image

    async def forget(self) -> None:
        """Remove the images of this run's own releases, and old ones of its services."""
        for image in self._later - self._first:
            await self._engine.remove("images", image)
        services = {image.partition(":")[0] for image in self._first | self._later}
        for image in surplus(await self._engine.own_images(), services):
            # One that a container of another run is made of stays: the engine refuses.
            await self._engine.remove("images", image)


async def build_image(
    engine: Engine,
    image: str,
    files: Files,
    dockerfile: str,
    arguments: Mapping[str, str],
    *,
    target: str = "",
    bound_s: float = RELEASE_S,
) -> None:
    """Build `image` of `files`. Raises StackFailed with the build's last words."""
    context = await asyncio.to_thread(_tar, files)
    await engine.build(
        context,
        bound_s=bound_s,
        arguments={**_proxies(), **arguments},
        t=image,
        dockerfile=dockerfile,
        target=target,
        q="false",
        pull="false",
    )


def surplus(images: Iterable[Found], repositories: Iterable[str]) -> list[str]:
    """Names of all but the newest of each repository, of those that the engine has."""
    named = [(it["Created"], name) for it in images for name in it["RepoTags"] or ()]
    found = []
    for repository in repositories:
        own = sorted((it for it in named if it[1].startswith(f"{repository}:")), reverse=True)
        found += [name for _, name in own[KEPT_OF_EACH:]]
    return found


def _libraries_context() -> Files:
    code = Path(shopd.__file__).parent
    return {
        "Dockerfile": (REPO / "compose" / "Dockerfile").read_bytes(),
        "requirements.lock": (REPO / "requirements.lock").read_bytes(),
        **dict(tree(code, "shopd", [code])),
        **{f"inputs/{name}": content for name, content in build_inputs().items()},
    }


def _release_context(release: BuiltRelease) -> Files:
    services = release.path / "services"
    own = [services / name for name in (*SHARED, release.service)]
    shared = {f"services/{name}/.keep": b"" for name in SHARED}
    return {
        **_libraries_context(),
        "services/__init__.py": b"",
        **shared,
        **dict(tree(services, "services", own)),
    }


def tools_context() -> Files:
    """What the image of the tools is made of, by file name."""
    dockerfile = (REPO / "compose" / "tools.Dockerfile").read_bytes()
    ground = {name: (REPO / name).read_bytes() for name in TOOLS_GROUND}
    parts = [REPO / name for name in TOOLS_PARTS]
    return {"tools.Dockerfile": dockerfile, **ground, **dict(tree(REPO, "", parts))}


def tree(root: Path, prefix: str, folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Plain files below `folders`, by their name in the context; links are not followed."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file() or "__pycache__" in path.parts:
                continue
            yield str(Path(prefix) / path.relative_to(root)), path.read_bytes()


def image_name(part: str, files: Files, base: str) -> str:
    """A name that stands for what goes into an image."""
    digest = hashlib.sha256(base.encode())
    for name, content in sorted(files.items()):
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return f"{PREFIX}/{part}:{digest.hexdigest()[:12]}"


def _proxies() -> dict[str, str]:
    """The way out of this machine, where it is not direct; builders know it by these names."""
    return {name: os.environ[name] for name in PROXIES if os.environ.get(name)}


def _tar(files: Files) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            # Programs are all that must be executable; nothing else of ours is run by its name.
            entry.size, entry.mode = len(content), 0o755 if content.startswith(ELF) else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
