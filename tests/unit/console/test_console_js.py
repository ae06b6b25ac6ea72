"""The console's own logic in the browser, tested where Node runs it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.paths import REPO

LOGIC = REPO / "harness" / "console" / "static" / "logic"
TESTS = Path(__file__).parent / "js"
TIMEOUT_S = 60


def run_node(folder: Path) -> subprocess.CompletedProcess[str]:
    """Node's own test runner over the folder's `tests`, with modules as in a browser."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the console's JavaScript is not tested here")
    (folder / "package.json").write_text('{"type": "module"}')
    tests = sorted(str(path) for path in (folder / "tests").glob("*.test.js"))
    return subprocess.run(
        [node, "--test", *tests],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_the_logic_of_the_pages_holds(tmp_path: Path) -> None:
    shutil.copytree(LOGIC, tmp_path / "logic")
    shutil.copytree(TESTS, tmp_path / "tests")
    done = run_node(tmp_path)
    assert done.returncode == 0, done.stdout[-4000:]


def test_a_wrong_logic_would_be_noticed(tmp_path: Path) -> None:
    """Negative control: the same tests on a fold that folds nothing."""
    shutil.copytree(LOGIC, tmp_path / "logic")
    (tmp_path / "tests").mkdir()
    shutil.copy(TESTS / "spans.test.js", tmp_path / "tests")
    spans = tmp_path / "logic" / "spans.js"
    spans.write_text(spans.read_text().replace("FOLD_FROM = 3", "FOLD_FROM = 1e9"))
    assert run_node(tmp_path).returncode != 0


def test_every_file_of_logic_has_its_tests() -> None:
    names = {path.stem for path in LOGIC.glob("*.js")}
    assert names == {path.name.removesuffix(".test.js") for path in TESTS.glob("*.test.js")}
