"""The console's sources: their own tests hold, and what is committed is what they build to."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.api.static_files import STATIC
from harness.paths import REPO

WEB = REPO / "harness" / "console" / "web"
REQUIRED = "THREEAM_NODE"
"""Set to `required`, a machine without Node or the packages fails these tests, as CI must."""
NODE_MIN = 20
TIMEOUT_S = 100
PARTS = (
    *("src", "public", "index.html", "hub.html", "openapi.json", "hub-openapi.json"),
    *("package.json", "tsconfig.json", "vite.config.ts"),
)

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A copy of sources, dashboards and packages, in another place than the original."""
    lacking = _lacking()
    if lacking and os.environ.get(REQUIRED) == "required":
        pytest.fail(lacking)
    if lacking:
        pytest.skip(lacking)
    copy = tmp_path / "harness" / "console" / "web"
    for part in PARTS:
        source = WEB / part
        if source.is_dir():
            shutil.copytree(source, copy / part)
        else:
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy / part)
    shutil.copytree(REPO / "grafana" / "dashboards", tmp_path / "grafana" / "dashboards")
    (copy / "node_modules").symlink_to(WEB / "node_modules")
    return copy


def _lacking() -> str:
    """Why the sources can be neither built nor tested here; empty where they can."""
    node = shutil.which("node")
    if node is None:
        return "node is not installed: the console's sources are not tested here"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.strip().lstrip("v").split(".")[0]) < NODE_MIN:
        return f"node is {said.strip()}, and the console's sources need {NODE_MIN}"
    if not (WEB / "node_modules").is_dir():
        return "the console's packages are not installed: tools/console ready"
    return ""


def _run(web: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [web / "node_modules" / ".bin" / words[0], *words[1:]],
        cwd=web,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def _built(web: Path) -> Mapping[str, bytes]:
    done = _run(web, "vite", "build", "--logLevel", "warn")
    assert done.returncode == 0, done.stdout + done.stderr
    return _files(web.parent / "static")


def _files(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_is_committed_is_what_the_sources_build_to(web: Path) -> None:
    fresh, committed = _built(web), _files(STATIC)
    hint = "run `make console`, and commit harness/console/static"
    assert sorted(fresh) == sorted(committed), hint
    assert [name for name in fresh if fresh[name] != committed[name]] == [], hint


def test_the_page_of_components_is_no_part_of_the_build() -> None:
    served = _files(STATIC)
    assert [name for name in served if "gallery" in name] == []
    assert [name for name, text in served.items() if b"A badge in every state" in text] == []


def test_sources_that_were_not_built_are_noticed(web: Path) -> None:
    """Negative control."""
    page = web / "src" / "app" / "Refusal.tsx"
    page.write_text(page.read_text().replace("Access denied", "Go away"))
    assert _built(web) != _files(STATIC)


@pytest.mark.parametrize(
    ("script", "made"), [("types", "schema.d.ts"), ("posttypes", "hub-schema.d.ts")]
)
def test_the_types_of_the_answers_are_those_of_the_document(
    web: Path, script: str, made: str
) -> None:
    types, committed = _types(web, script, made), (WEB / "src" / "api" / made).read_text()
    assert types == committed, "run `make types`, and commit the outcome"


def _types(web: Path, name: str = "types", made: str = "schema.d.ts") -> str:
    script = json.loads((web / "package.json").read_text())["scripts"][name]
    done = _run(web, *shlex.split(script))
    assert done.returncode == 0, done.stdout + done.stderr
    return (web / "src" / "api" / made).read_text()


RENAMED = {
    "PublicIncident.name": "src/features/comms/StatusPage.tsx",
    "TraceRow.duration_ms": "src/features/traces/Search.tsx",
    "UpdateAsRead.readers": "src/features/comms/Channel.tsx",
}
"""Field of the API → a view that shows it."""


def test_a_view_that_shows_a_field_that_was_renamed_does_not_compile(web: Path) -> None:
    """Negative control of the types: the same sources, a document with other names."""
    document = json.loads((web / "openapi.json").read_text())
    for field in RENAMED:
        name, _, old = field.partition(".")
        schema = document["components"]["schemas"][name]
        schema["properties"]["renamed"] = schema["properties"].pop(old)
        schema["required"] = ["renamed" if one == old else one for one in schema["required"]]
    (web / "openapi.json").write_text(json.dumps(document))
    _types(web)
    done = _run(web, "tsc", "--noEmit")
    missed = [
        field
        for field, view in RENAMED.items()
        if not re.search(rf"^{re.escape(view)}.*'{field.split('.')[1]}'", done.stdout, re.MULTILINE)
    ]
    assert missed == [], done.stdout


def test_the_tests_of_the_console_pass(web: Path) -> None:
    done = _run(web, "vitest", "run")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_a_wrong_logic_would_be_noticed(web: Path) -> None:
    """Negative control: the same tests on a fold that folds nothing."""
    spans = web / "src" / "lib" / "spans.ts"
    spans.write_text(spans.read_text().replace("FOLD_FROM = 3", "FOLD_FROM = 1e9"))
    assert _run(web, "vitest", "run", "src/lib/spans.test.ts").returncode != 0


def test_every_module_of_logic_has_its_tests() -> None:
    """But for hooks, which are tested with the pages."""
    lib = WEB / "src" / "lib"
    tests = {path.name.removesuffix(".test.ts") for path in lib.glob("*.test.ts")}
    modules = {path.name.removesuffix(".ts") for path in lib.glob("*.ts")} - {
        f"{name}.test" for name in tests
    }
    assert {name for name in modules if not name.startswith("use")} == tests


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((WEB / "package-lock.json").read_text())["packages"]
    assert "node_modules/react" in packages
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert re.search(
        r"^omit-lockfile-registry-resolved=true$", (WEB / ".npmrc").read_text(), re.MULTILINE
    )


def test_the_licence_of_every_bundled_package_is_served() -> None:
    said = (STATIC / "licenses.txt").read_text()
    wanted = json.loads((WEB / "package.json").read_text())["dependencies"]
    assert wanted
    for name, version in wanted.items():
        assert f"## {name} - {version} (" in said
