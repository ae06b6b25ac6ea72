from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.model import Decoy, Release, ServiceEntry
from harness.workspace.workspace import Workspace

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
SERVICES = {"gateway": "1.8.0", "payments": "2.4.1", "users": "3.1.0", "a": "1.4.2", "b": "1.2.7"}
TOPOLOGY = tuple(
    ServiceEntry(name, 8000 + place, version, None, ())
    for place, (name, version) in enumerate(SERVICES.items())
)


def git(folder: Path, *arguments: str) -> str:
    """Git as a participant runs it."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GIT_AUTHOR_NAME": "Test",
            "GIT_AUTHOR_EMAIL": "test@shop.example",
            "GIT_COMMITTER_NAME": "Test",
            "GIT_COMMITTER_EMAIL": "test@shop.example",
        },
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def clean_files() -> dict[str, str]:
    rows = "".join(
        f'[[service]]\nname = "{one.name}"\nport = {one.port}\nversion = "{one.version}"\n'
        f"calls = []\n\n"
        for one in TOPOLOGY
    )
    files = {
        "services/topology.toml": rows,
        "services/README.md": "# The shop\n",
        "services/chassis/app.py": "def create() -> None: ...\n",
        "services/chassis/db.py": "WAIT_MS = 2000\n",
    }
    for name in SERVICES:
        lines = "".join(f"VALUE_{n} = {n}\n" for n in range(20))
        files |= {
            f"services/{name}/__init__.py": "",
            f"services/{name}/domain.py": f'"""{name}"""\n{lines}',
            f"services/{name}/app.py": "import services.chassis.app\n",
            f"services/{name}/tests/test_domain.py": "def test_it() -> None: ...\n",
        }
    return files


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


@pytest.fixture
def clean_root(tmp_path: Path) -> Path:
    root = tmp_path / "clean"
    write(root, clean_files())
    (root / "services/payments/__pycache__").mkdir()
    (root / "services/payments/__pycache__/app.cpython-311.pyc").write_bytes(b"\x00")
    return root


MakePatch = Callable[..., Path]


@pytest.fixture
def make_patch(tmp_path: Path, clean_root: Path) -> MakePatch:
    """Makes a format-patch mail that replaces text, on top of the patches in `after`."""

    def make(
        path: str, old: str, new: str, message: str = "a change", after: tuple[Path, ...] = ()
    ) -> Path:
        count = len(list(tmp_path.glob("author-*")))
        root = tmp_path / f"author-{count}"
        write(root, clean_files())
        git(root, "init", "-q")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", "clean")
        for patch in after:
            git(root, "am", "-q", str(patch))
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new, 1))
        git(root, "commit", "-q", "-a", "-m", message)
        target = tmp_path / f"{count}.patch"
        target.write_text(git(root, "format-patch", "-1", "--stdout", "--zero-commit"))
        return target

    return make


def release(service: str, version_to: str, patch: Path | None = None) -> Release:
    return Release(
        service, SERVICES[service], version_to, f"{service} change", "Some One", "x@y", patch
    )


@pytest.fixture
def culprit(make_patch: MakePatch) -> Release:
    patch = make_patch(
        "services/payments/domain.py",
        "VALUE_5 = 5",
        "VALUE_5 = 500",
        "payments: updated timeout configs\n\nFor faster failover.",
    )
    return release("payments", "2.4.2", patch)


@pytest.fixture
def decoys(make_patch: MakePatch) -> list[Decoy]:
    log = make_patch("services/gateway/app.py", "import", "import logging\nimport", "gateway: log")
    price = make_patch("services/b/domain.py", "VALUE_9 = 9", "VALUE_9 = 9.0", "b: round")
    return [
        Decoy("logging", release("gateway", "1.8.1", log)),
        Decoy("rebuild", release("users", "3.1.1"), "Base image only."),
        Decoy("rounding", release("b", "1.2.8", price)),
        Decoy("same-service", release("payments", "2.4.2", log)),
        Decoy("message", release("a", "1.4.3"), "Clearer."),
    ]


@pytest.fixture
def workspace(tmp_path: Path, clean_root: Path, culprit: Release, decoys: list[Decoy]) -> Workspace:
    return Workspace.build(
        tmp_path / "run", clean_root, TOPOLOGY, [culprit], decoys, seed=7, now=NOW
    )
