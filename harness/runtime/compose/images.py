"""The images that are not ours: how they are called here, and getting them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from harness import limits
from harness.errors import EnvironmentMissing, StackFailed
from harness.paths import REPO
from harness.runtime.base import Progress
from harness.runtime.compose.engine import Engine

DEFAULTS = {
    "PYTHON_IMAGE": "python:3.11-slim-bookworm",
    "POSTGRES_IMAGE": "postgres:16-bookworm",
    "PROMETHEUS_IMAGE": "prom/prometheus:v2.53.3",
    "ALERTMANAGER_IMAGE": "prom/alertmanager:v0.28.1",
    "GRAFANA_IMAGE": "grafana/grafana:11.6.0",
}
GRAFANA = "GRAFANA_IMAGE"
OPTIONAL = frozenset({GRAFANA})
VARIABLES = REPO / "var" / "compose.env"
"""Written by `make images-offline`; what the environment says goes over it."""
FREE_BYTES_MIN = 2 * 1024**3
"""For the libraries, the tools, the releases and a run's own files."""


def image_names(environment: Mapping[str, str], variables: Path = VARIABLES) -> dict[str, str]:
    """The image behind each variable: the environment's, the file's, or the official one.

    An empty name stands for an optional image that there is none of.
    """
    written = _read(variables)
    return {
        name: environment.get(name) or written.get(name, default)
        for name, default in DEFAULTS.items()
    }


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


async def ensure_images(
    engine: Engine, names: Mapping[str, str], progress: Progress
) -> frozenset[str]:
    """Pull what is missing; the variables whose images are there.

    Raises EnvironmentMissing for one that cannot be had, Grafana apart.
    """
    there = set()
    for variable, image in names.items():
        if not image:
            continue
        if await engine.has_image(image) or await _pulled(engine, variable, image, progress):
            there.add(variable)
    return frozenset(there)


async def _pulled(engine: Engine, variable: str, image: str, progress: Progress) -> bool:
    progress(f"pulling {image}")
    name, _, tag = image.rpartition(":")
    try:
        await engine.pull(name, tag, bound_s=limits.PULL_S)
    except StackFailed as error:
        if variable in OPTIONAL:
            return False
        raise EnvironmentMissing(
            f"the image {image} is not there and cannot be pulled: {error.message}",
            f"`make images-offline` builds one without a registry; or set {variable}",
        ) from error
    return True


async def require_space(engine: Engine) -> None:
    """Raise EnvironmentMissing where the engine's disk is nearly full."""
    root = Path((await engine.call("GET", "/info"))["DockerRootDir"])
    if not (os.access(root.parent, os.X_OK) and root.exists()):
        return
    free = shutil.disk_usage(root).free
    if free < FREE_BYTES_MIN:
        raise EnvironmentMissing(
            f"the disk of {root} has {free / 1024**3:.1f} GiB left; "
            f"{FREE_BYTES_MIN / 1024**3:.0f} are needed",
            "`docker image prune` removes what no image of yours needs",
        )
