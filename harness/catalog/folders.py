"""Which files the folders of faults/ may hold, so that none is overlooked for its name."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from harness.catalog.files import nearest
from harness.errors import BadFile

FAULT_FILES = ("fault.toml", "release.patch", "fix.patch", "notes.md", "cheats")
DECOY_FILES = ("release.toml", "release.patch")
SHARED = ("decoys", "families", "paths", "scenarios")


def check_folders(faults: Path) -> None:
    """Raises BadFile for a file that nothing reads, or a folder without its main file."""
    _check_names(faults, ("README.md", *SHARED, "*/"))
    for folder in _inside(faults):
        if folder.is_dir() and folder.name not in SHARED:
            _check_names(folder, FAULT_FILES)
            _check_main_file(folder, FAULT_FILES[0])
            _check_names(folder / "cheats", ("*.patch",))
    _check_names(faults / "scenarios", ("*.toml",))
    _check_names(faults / "families", ("*.toml",))
    _check_names(faults / "paths", ("*.toml",))
    _check_names(faults / "decoys", ("*/",))
    for folder in _inside(faults / "decoys"):
        _check_names(folder, DECOY_FILES)
        _check_main_file(folder, DECOY_FILES[0])


def _check_names(folder: Path, known: Iterable[str]) -> None:
    for path in _inside(folder):
        name = f"{path.name}/" if path.is_dir() else path.name
        if not any(fnmatch(name, one) or path.name == one for one in known):
            raise BadFile(path, None, f"nothing reads this file{nearest(path.name, known)}")


def _check_main_file(folder: Path, name: str) -> None:
    if not (folder / name).is_file():
        raise BadFile(folder, None, f"there is no '{name}' in this folder")


def _inside(folder: Path) -> list[Path]:
    """What lies in the folder, without what editors and Python leave there."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if not path.name.startswith((".", "__pycache__"))]
