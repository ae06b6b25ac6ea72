"""The image of the tools holds all that its programs need, and nothing that knows a drill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.runtime.compose import image_build

PROGRAMS = (
    "harness.telemetry.recorder",
    "harness.thirdparty.providers",
    "loadgen.main",
    "loadgen.journeys",
)
IMPORT_S = 30


def unpacked(folder: Path) -> Path:
    for name, content in image_build.tools_context().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def imported(folder: Path, module: str) -> subprocess.CompletedProcess[str]:
    """Import a module with nothing of this repository in reach but `folder`."""
    program = (
        "import sys; from pathlib import Path\n"
        "sys.meta_path[:] = [one for one in sys.meta_path if 'editable' not in str(one).lower()]\n"
        "elsewhere = [p for p in sys.path if not (Path(p) / 'harness').is_dir()]\n"
        f"sys.path[:] = [{str(folder)!r}, *elsewhere]\n"
        f"import {module}"
    )
    argv = [sys.executable, "-I", "-c", program]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=IMPORT_S)


@pytest.mark.parametrize("module", PROGRAMS)
def test_each_program_finds_all_that_it_imports(tmp_path: Path, module: str) -> None:
    done = imported(unpacked(tmp_path), module)
    assert done.returncode == 0, done.stderr[-800:]


def test_a_missing_module_is_noticed(tmp_path: Path) -> None:
    (unpacked(tmp_path) / "harness" / "causes.py").unlink()
    assert "No module named 'harness.causes'" in imported(tmp_path, PROGRAMS[0]).stderr


def test_nothing_in_it_knows_what_a_drill_is_about() -> None:
    names = image_build.tools_context()
    assert not [
        name for name in names if name.startswith(("faults/", "harness/drill", "harness/catalog"))
    ]
