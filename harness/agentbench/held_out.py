"""Scenarios that are held out: in a folder outside the repository, played, and never named.

`DRILL_SCENARIOS` names a folder that is laid out as `faults/` is. What is in it is played from a
checkout made for the purpose, in which its files lie beside our own. Results know such a scenario
by a label made of its content, which tells nothing to those who do not have it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.catalog.reader import Catalog
from harness.errors import BadFile, UsageError
from harness.paths import REPO

VARIABLE = "DRILL_SCENARIOS"
LABEL = "held-out-"
LABEL_CHARS = 10
PARTS = ("scenarios", "decoys", "families", "paths")


@dataclass(frozen=True)
class Offered:
    """What can be played, from which checkout, and what is held out of it by its label."""

    root: Path
    labels: Mapping[str, str]
    """Scenario that is held out → its label."""

    def label_of(self, scenario: str) -> str:
        """What a result calls a scenario."""
        return self.labels.get(scenario, scenario)


def held_out_folder() -> Path | None:
    """The folder that the environment names. Raises UsageError where it lies in the repository."""
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    folder = Path(named).resolve()
    if not folder.is_dir():
        raise BadFile(folder, None, f"{VARIABLE} names no folder")
    if folder.is_relative_to(REPO):
        raise UsageError(
            f"{VARIABLE} is inside the repository, where everybody sees it",
            "keep what is held out in a folder elsewhere",
        )
    return folder


@contextmanager
def offered(folder: Path | None) -> Iterator[Offered]:
    """Our own scenarios and, while the block lasts, those of `folder`. Raises UsageError where a
    name stands in both."""
    if folder is None:
        yield Offered(REPO, {})
        return
    with tempfile.TemporaryDirectory(prefix="drill-") as made:
        root = Path(made)
        _laid_together(root, folder)
        own = set(Catalog(REPO).scenario_ids())
        catalog = Catalog(root)
        hidden = [name for name in catalog.scenario_ids() if name not in own]
        yield Offered(root, {name: label(catalog, name) for name in hidden})


def label(catalog: Catalog, scenario: str) -> str:
    """By the content of the scenario and of its faults: a name could be guessed."""
    faults = catalog.root / "faults"
    read = catalog.scenario(scenario)
    files = [faults / "scenarios" / f"{scenario}.toml"]
    for name in read.faults:
        files += sorted(path for path in (faults / name).rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return LABEL + digest.hexdigest()[:LABEL_CHARS]


def _laid_together(root: Path, folder: Path) -> None:
    """A checkout of links to ours, but for `faults/`, which has both."""
    for path in REPO.iterdir():
        if path.name not in ("faults", "var", ".git", ".venv"):
            (root / path.name).symlink_to(path)
    _added(root / "faults", REPO / "faults")
    _added(root / "faults", folder)


def _added(target: Path, source: Path) -> None:
    target.mkdir(exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.name in PARTS:
            _added(target / path.name, path)
        elif (target / path.name).exists():
            if path.is_file() and path.suffix == ".md":
                continue
            raise UsageError(
                f"'{path.name}' is in {VARIABLE} and in the repository", "give it another name"
            )
        elif path.is_dir():
            shutil.copytree(path, target / path.name)
        else:
            shutil.copy2(path, target / path.name)
