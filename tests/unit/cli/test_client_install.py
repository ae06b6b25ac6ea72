"""The package without its extra `host`: what a laptop needs, and no more."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from harness.child_env import program_env
from harness.paths import REPO

BASE = {"httpx", "rich", "typer", "websockets"}
ALONE = """
import importlib.abc, sys
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
sys.argv = ["drill", *{arguments!r}]
from harness.cli.main import main
main()
"""
ABSENT = (
    *("fastapi", "starlette", "uvicorn", "aiohttp", "sqlalchemy", "alembic", "psycopg", "asyncpg"),
    *("opentelemetry", "structlog", "prometheus_client", "pydantic_settings", "cryptography"),
    *("mcp", "mcp_types"),
    *("trustme", "locust", "setproctitle", "re2", "stamina", "purgatory"),
)


def drill(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`drill` where nothing of the host is installed, and nobody has signed in."""
    homes = {"DRILL_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-c", ALONE.format(absent=ABSENT, arguments=arguments)],
        cwd=REPO,
        env=program_env(**homes),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_the_base_is_a_client_and_the_rest_an_extra() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]
    names = {one.partition(">")[0].partition("[")[0] for one in project["dependencies"]}
    assert names == BASE
    assert any(one.startswith("fastapi>") for one in project["optional-dependencies"]["host"])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--help",), 0, "Sign in at a hub"),
        (("status",), 3, "no drill is running"),
        (("login",), 3, "nobody is signed in"),
        (("runs", "list"), 3, "no hub is running"),
        (("forward", "prometheus"), 3, "no drill is running"),
        (("git", "clone"), 3, "no drill is running"),
        (("mcp",), 3, "needs the package mcp"),
        (("serve",), 3, "what that takes is not installed"),
        (("run", "deadlock"), 3, "what that takes is not installed"),
    ],
)
def test_each_command_works_there_or_says_what_it_lacks(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    found = drill(tmp_path, *arguments)
    assert words in found.stdout + found.stderr
    assert found.returncode == code
