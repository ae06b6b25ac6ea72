"""The console's sources keep their order: each folder builds on those below it, and no module is
longer than its bound.

Why: `docs/adr/0021-the-console-is-typescript-built-by-vite.md`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "harness" / "console" / "web"
SOURCES = WEB / "src"
LINES_MAX = 300
GENERATED = {"schema.d.ts", "hub-schema.d.ts"}
LAYERS = ("lib", "api", "components", "charts", "features", "app")
"""From the ground up; types may come from anywhere, since nothing of them is left when it runs."""
IMPORT = re.compile(r'^import (?!type )(?:[^"]*? from )?"@/(\w+)(?:/([^/"]+))?', re.MULTILINE)
OXLINT = Path(sys.executable).with_name("oxlint")


def modules(root: Path) -> list[Path]:
    """Every module that somebody wrote."""
    found = [*root.rglob("*.ts"), *root.rglob("*.tsx")]
    return sorted(path for path in found if path.name not in GENERATED)


def too_long(root: Path) -> Iterator[str]:
    """Modules over the bound."""
    for path in modules(root):
        lines = path.read_text().count("\n")
        if lines > LINES_MAX:
            yield f"{path.relative_to(root)}: {lines} lines"


def out_of_order(root: Path) -> Iterator[str]:
    """Imports of what lies above, and of one view by another. The list of views names them all."""
    for path in modules(root):
        place = path.relative_to(root)
        if place.parts[0] not in LAYERS:
            continue
        for folder, inside in IMPORT.findall(path.read_text()):
            is_above = LAYERS.index(folder) > LAYERS.index(place.parts[0])
            is_other_view = folder == place.parts[0] == "features" and inside != place.parts[1]
            if is_above or is_other_view:
                yield f"{place} imports {folder}/{inside}"


def lint(folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [OXLINT, "--deny-warnings", "--config", WEB / ".oxlintrc.json", folder],
        capture_output=True,
        check=False,
        timeout=60,
    )


def _written(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_no_module_of_the_console_is_longer_than_the_bound() -> None:
    assert len(modules(SOURCES)) > 100
    assert list(too_long(SOURCES)) == []


def test_a_module_over_the_bound_is_noticed(tmp_path: Path) -> None:
    _written(tmp_path, "lib/long.ts", "\n" * (LINES_MAX + 1))
    _written(tmp_path, "api/schema.d.ts", "\n" * (LINES_MAX + 1))
    assert list(too_long(tmp_path)) == ["lib/long.ts: 301 lines"]


def test_the_folders_of_the_console_build_on_those_below() -> None:
    assert list(out_of_order(SOURCES)) == []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("lib/a.ts", 'import { api } from "@/api/client";'),
        ("components/A.tsx", 'import { Chart } from "@/charts/Chart";'),
        ("features/now/index.tsx", 'import {\n  Waterfall,\n} from "@/features/traces/Waterfall";'),
    ],
)
def test_an_import_upwards_or_of_another_view_is_noticed(
    tmp_path: Path, place: str, line: str
) -> None:
    _written(tmp_path, place, f'import type {{ View }} from "@/app/views";\n{line}\n')
    assert len(list(out_of_order(tmp_path))) == 1


@pytest.mark.skipif(not OXLINT.exists(), reason="`make setup` installs oxlint")
def test_the_console_passes_its_linter() -> None:
    assert lint(SOURCES).returncode == 0


@pytest.mark.parametrize(
    "mistake",
    [
        "export const a = (b: any) => b;",
        "export const a = (b?: string) => b!.length;",
        "export const a = (b: number) => b == 1;",
    ],
)
@pytest.mark.skipif(not OXLINT.exists(), reason="`make setup` installs oxlint")
def test_a_mistake_in_a_source_is_noticed(tmp_path: Path, mistake: str) -> None:
    _written(tmp_path, "a.ts", f"{mistake}\n")
    assert lint(tmp_path).returncode == 1
