"""`drill mcp` and the clients of Node: both generations of the protocol's own packages.

They are no part of the product, and so of no lock: npm fetches their exact versions once into the
cache, and where it cannot, this is skipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.agents.toolbox import TOOLS
from harness.child_env import NETWORK, PLACES, program_env
from harness.paths import REPO
from harness.tokens import Caller
from tests.unit.agents.conftest import Table
from tests.unit.agents.steps import STEPS

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

SCRIPT = Path(__file__).parent / "node" / "list_and_call.mjs"
PACKAGES = {"1": "@modelcontextprotocol/sdk@1.32.2", "2": "@modelcontextprotocol/client@2.4.0"}
OF_NODE = ("NODE_EXTRA_CA_CERTS", "npm_config_*", "NPM_CONFIG_*")
"""How npm reaches its packages, beside what every program needs for it."""
FETCHED_WITHIN_S = 90
START = "from harness.cli.main import main; main()"


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder of the packages; skips where they cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no Node here")
    folder = REPO / "var" / "cache" / "mcp-node"
    found = folder / "node_modules"
    if all((found / one.rpartition("@")[0]).is_dir() for one in PACKAGES.values()):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [
                *("npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit"),
                *("--no-fund", "--loglevel=error", *PACKAGES.values()),
            ],
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=FETCHED_WITHIN_S,
            env=program_env(PLACES, NETWORK, OF_NODE),
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not fetch the clients within {FETCHED_WITHIN_S} s")
    if done.returncode != 0:
        pytest.skip(f"npm cannot fetch the clients: {done.stderr.strip()[:200]}")
    return found


def by_stdio(table: Table) -> dict[str, object]:
    return {
        "command": sys.executable,
        "args": ["-c", START, "mcp", "--person", "node"],
        "env": program_env(DRILL_HOME=str(table.home), XDG_CONFIG_HOME=str(table.home)),
        "cwd": str(REPO),
    }


def by_http(table: Table) -> dict[str, object]:
    token = table.drill.tokens.token(Caller.PARTICIPANT)
    headers = {"Authorization": f"Bearer {token}", "X-Person": "node"}
    return {"url": f"{table.drill.url}/mcp", "headers": headers}


@pytest.mark.parametrize("way", [by_stdio, by_http])
@pytest.mark.parametrize("generation", PACKAGES)
def test_a_client_of_node_lists_and_calls_every_tool(
    table: Table, packages: Path, generation: str, way: Callable[[Table], dict[str, object]]
) -> None:
    asked = {**way(table), "steps": STEPS}
    done = subprocess.run(
        ["node", str(SCRIPT), str(packages), generation],
        check=False,
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env=program_env(),
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["tools"] == [one.name for one in TOOLS]
    assert found["prompts"] == ["on-call"]
    assert found["resources"] > 5
    assert found["called"] == [{"name": name, "failed": False, "left_out": []} for name, _ in STEPS]
    assert [one.tool for one in table.calls()] == [name for name, _ in STEPS]
    assert {one.by for one in table.calls()} == {"node"}
