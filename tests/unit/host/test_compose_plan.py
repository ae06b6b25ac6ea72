"""The load in a container hears of a change of profile as the local one does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import draw
from harness.host.compose_plan import container_load
from harness.host.load_process import LoadControl
from harness.model import ContainerSpec
from harness.paths import REPO
from harness.settings import HostSettings


def load_in(run_dir: Path) -> ContainerSpec:
    settings = HostSettings(scenario="healthy", seed=1)
    spec = container_load(replace(draw(Catalog(REPO), settings), run_dir=run_dir))
    assert isinstance(spec, ContainerSpec)
    return spec


def test_what_the_harness_asks_for_lies_where_the_container_looks(tmp_path: Path) -> None:
    spec = load_in(tmp_path)
    folder, name = spec.env["CONTROL_FILE"].rsplit("/", 1)
    [mount] = [one for one in spec.mounts if one.target == folder]
    LoadControl(tmp_path).set_profile("news")
    assert (mount.source / name).read_text() == "news"
    assert not mount.writable


def test_the_folder_is_there_before_the_container_is(tmp_path: Path) -> None:
    [mount] = [one for one in load_in(tmp_path).mounts if one.target == "/run/control"]
    assert mount.source.is_dir()
