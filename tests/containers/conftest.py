"""Containers by testcontainers, reached by ports that are published on 127.0.0.1."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from testcontainers.core.config import ConnectionMode, testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from harness.catalog.reader import Catalog
from harness.model import BuiltRelease, ServiceEntry
from harness.paths import REPO
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.image_build import ReleaseImages, ensure_own_images
from harness.runtime.compose.images import image_names
from harness.waiting import wait_until_sync

LOCAL = ("127.0.0.1",)
"""A published port's address; the port itself is any that is free."""
READY_S = 60.0

Start = Callable[..., DockerContainer]


@pytest.fixture(autouse=True, scope="session")
def by_published_ports() -> None:
    """Inside a container of its own this machine would take a bridge's address; and no Ryuk, whose
    image is not to be had everywhere: what a test starts it also ends."""
    testcontainers_config.ryuk_disabled = True
    testcontainers_config.connection_mode_override = ConnectionMode.docker_host


@pytest.fixture(scope="session")
def topology() -> tuple[ServiceEntry, ...]:
    return Catalog(REPO).topology()


@pytest.fixture(scope="session")
def images() -> dict[str, str]:
    """The images behind the variables of compose.yaml."""
    return image_names(os.environ)


@pytest.fixture(scope="session")
def service_images(images: dict[str, str], topology: tuple[ServiceEntry, ...]) -> dict[str, str]:
    """The image of each service of the clean tree."""

    async def build() -> dict[str, str]:
        engine = await Engine.connect()
        try:
            python = images["PYTHON_IMAGE"]
            await ensure_own_images(engine, python, lambda _: None)
            builder = ReleaseImages(engine, python)
            return {
                entry.name: await builder.ensure(
                    BuiltRelease(entry.name, entry.version, "clean", REPO)
                )
                for entry in topology
            }
        finally:
            await engine.close()

    return asyncio.run(build())


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Start a container on one network for the module: `start(image, name, port, command, ...)`."""
    with ExitStack() as stack:
        network = stack.enter_context(Network())

        def run(
            image: str,
            name: str,
            port: int,
            command: list[str],
            *,
            env: dict[str, str] | None = None,
            files: dict[Path, str] | None = None,
        ) -> DockerContainer:
            container = DockerContainer(image, env=env or {}, network=network)
            container.with_network_aliases(name)
            container.with_command(command).with_kwargs(entrypoint="")
            container.ports = {port: LOCAL}
            for source, target in (files or {}).items():
                container.with_volume_mapping(str(source), target, "ro")
            return stack.enter_context(container)

        yield run


def url_of(container: DockerContainer, port: int) -> str:
    """Where a container answers on this machine."""
    host, exposed = container.get_container_host_ip(), container.get_exposed_port(port)
    assert host == "localhost"
    return f"http://127.0.0.1:{exposed}"


def until_answering(container: DockerContainer, port: int, path: str) -> str:
    """Wait for a 200; the container's URL. Fails with what the container said last."""
    url = url_of(container, port)

    def ready() -> bool:
        try:
            return httpx.get(url + path, trust_env=False, timeout=5).is_success
        except httpx.TransportError:
            container.get_wrapped_container().reload()
            status = container.get_wrapped_container().status
            assert status == "running", b"".join(container.get_logs())[-3000:].decode()
            return False

    wait_until_sync(ready, timeout_s=READY_S, what=f"{url}{path}")
    return url
