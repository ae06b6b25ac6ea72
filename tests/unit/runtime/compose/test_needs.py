"""What keeps a drill in containers from starting: one line each, and nothing half-started.

The engine is a stand-in on a socket of its own: it answers what the real one would.
"""

from __future__ import annotations

import shutil
import socket
from collections import namedtuple
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from harness import ports
from harness.errors import EnvironmentMissing, PortTaken
from harness.host.lifecycle import host
from harness.runtime.compose import command, images
from harness.runtime.compose.needs import preflight
from harness.settings import HostSettings

PORT_OFFSET = 17_300
GIB = 1024**3
Usage = namedtuple("Usage", "total used free")


class FakeEngine:
    """Has all images but `absent`, which no registry has either."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.absent: set[str] = set()
        self.asked: list[str] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1.41/version", self._version)
        app.router.add_get("/v1.41/info", self._info)
        app.router.add_get("/v1.41/images/{name:.+}/json", self._image)
        app.router.add_post("/v1.41/images/create", self._pull)
        return app

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"ApiVersion": "1.41"})

    async def _info(self, _: web.Request) -> web.Response:
        return web.json_response({"DockerRootDir": str(self.root)})

    async def _image(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.asked.append(name)
        if name in self.absent:
            return web.json_response({"message": f"No such image: {name}"}, status=404)
        return web.json_response({"Id": "sha256:1"})

    async def _pull(self, request: web.Request) -> web.Response:
        return web.json_response({"message": "registry: connection refused"}, status=500)


@pytest.fixture(autouse=True)
def official_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "VARIABLES", tmp_path / "none.env")
    monkeypatch.setattr(images.image_names, "__defaults__", (tmp_path / "none.env",))
    for variable in images.DEFAULTS:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Docker client whose Compose says the version that the file beside it holds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "version").write_text("2.26.1\n")
    client = folder / "docker"
    client.write_text(f'#!/bin/sh\nread -r version < {folder}/version\necho "$version"\n')
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("THREEAM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(command.fetch, "package_folder", lambda: tmp_path / "cache")
    command.find_program.cache_clear()
    yield folder
    command.find_program.cache_clear()


@pytest.fixture
async def engine(
    tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeEngine]:
    made = FakeEngine(tmp_path)
    runner = web.AppRunner(made.app())
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / "engine")).start()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/engine")
    yield made
    await runner.cleanup()


async def begin(home: Path) -> None:
    """Host a drill, as far as it gets."""
    settings = HostSettings(
        scenario="healthy", runtime="compose", home=home, port_offset=PORT_OFFSET
    )
    await host(settings, player=None, quiet=True)


async def refused(home: Path, said: str) -> EnvironmentMissing:
    """That a drill is refused with exit code 3 and one line, and that it has left no run."""
    with pytest.raises(EnvironmentMissing, match=said) as found:
        await begin(home)
    assert found.value.exit_code == 3
    assert "\n" not in found.value.message
    assert found.value.hint
    assert not list((home / "runs").glob("*")), "nothing is half-started"
    return found.value


async def test_a_machine_with_all_of_it_is_told_nothing(engine: FakeEngine) -> None:
    said: list[str] = []
    needs = await preflight(said.append)
    assert said == []
    assert dict(needs.images) == images.DEFAULTS
    assert needs.program == ("docker", "compose")


async def test_no_engine(tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody")
    error = await refused(tmp_path, "no Docker engine answers at .*/nobody")
    assert "`docker info` must answer" in error.hint


async def test_an_engine_on_another_machine(
    tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2376")
    await refused(tmp_path, "tcp://192.0.2.1:2376 is not reached by a Unix socket")


@pytest.mark.parametrize("version", ["2.10.2", "1.29.2", "no such command"])
async def test_an_old_compose_or_none(
    tmp_path: Path, engine: FakeEngine, program: Path, version: str
) -> None:
    (program / "version").write_text(f"{version}\n")
    await refused(tmp_path, r"Docker Compose is missing, or older than 2\.20 \(.*no apt-get")


async def test_an_image_that_is_missing_and_cannot_be_pulled(
    tmp_path: Path, engine: FakeEngine
) -> None:
    engine.absent = {images.DEFAULTS["POSTGRES_IMAGE"]}
    error = await refused(tmp_path, "the image postgres:16-bookworm .* connection refused")
    assert "make images-offline" in error.hint
    assert "POSTGRES_IMAGE" in error.hint


async def test_grafana_alone_may_be_missing(engine: FakeEngine) -> None:
    engine.absent = {images.DEFAULTS["GRAFANA_IMAGE"]}
    needs = await preflight(lambda _: None)
    assert set(images.DEFAULTS) - set(needs.images) == {"GRAFANA_IMAGE"}


async def test_a_disk_that_is_nearly_full_before_anything_is_built_or_pulled(
    tmp_path: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(path: Path) -> Usage:
        assert path == engine.root
        return Usage(40 * GIB, 39 * GIB, GIB)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    error = await refused(tmp_path, r"has 1\.0 GiB left; 2 are needed")
    assert "docker image prune" in error.hint
    assert engine.asked == []


async def test_a_port_that_is_taken_names_its_holder(tmp_path: Path, engine: FakeEngine) -> None:
    port = ports.API + PORT_OFFSET
    with socket.create_server(("127.0.0.1", port)):
        error = await refused(tmp_path, rf"port {port} is taken by process \d+")
    assert isinstance(error, PortTaken)
    assert "--port-offset" in error.hint
