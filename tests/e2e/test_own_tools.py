"""What participants know from elsewhere works in a drill: lines of docs/participant.md, typed as
it stands there against a live shop. A tool is skipped only where this machine does not have it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.errors import EnvironmentMissing
from harness.paths import REPO
from harness.plain_http import TRUSTING_NOBODY
from harness.runtime.programs.external import ensure
from harness.waiting import wait_until_sync
from tests.e2e.live import LiveDrill, live_drill
from tests.lanes import in_lane
from tests.tidy.pages import DOCS, section

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
PORT_OFFSET = in_lane(15_500)
ON_THE_PAGE = 10_000
"""The offset that the page's ports have."""


@dataclass(frozen=True)
class Tool:
    """How a line of the page is found, what it must print, and how the tool is had."""

    line: str
    prints: str
    how_to_get: str
    more: str = ""
    """What is added to the line, so that it asks nobody anything."""


TOOLS = {
    "psql": Tool("psql ", r"captured", "apt-get install postgresql-client"),
    "pgcli": Tool(
        "pgcli ", r"captured", "pip install pgcli", " -c 'select distinct state from charges'"
    ),
    "promtool": Tool("promtool ", r'service="payments"', "apt-get install prometheus"),
    "amtool": Tool(
        "amtool .* alert query", r"Alertname", "apt-get install prometheus-alertmanager"
    ),
    "curl": Tool("curl ", r'"/charges"', "apt-get install curl"),
    "git": Tool("git ", r"(?m)^[0-9a-f]{7,} ", "apt-get install git"),
    "py-spy": Tool("py-spy ", r"(?s)Process \d+: payments.*Thread \d+ \(", "make setup"),
    "locust": Tool("GATEWAY_URL=.* locust ", r"checkout +[1-9]\d* ", "make setup"),
}
SILENCE = Tool("amtool .* silence add", r"^[0-9a-f-]{36}$", TOOLS["amtool"].how_to_get)


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDrill]:
    with live_drill(tmp_path_factory.mktemp("home"), "healthy", PORT_OFFSET) as running:
        running.wait_healthy()
        yield running


@pytest.fixture(scope="module")
def search_path() -> str:
    """Where a participant's shell looks: the environment's programs, those that `drill doctor`
    shows, and the system's."""
    found = [Path(sys.executable).parent]
    for program in ("promtool", "amtool", "postgres"):
        try:
            place = ensure(program)
        except EnvironmentMissing:
            continue
        found.append(place if place.is_dir() else place.parent)
    return os.pathsep.join([*map(str, found), os.environ["PATH"]])


def lines() -> list[str]:
    """What the page tells to type."""
    text = section((DOCS / "participant.md").read_text(), "Your own tools")
    blocks = re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def line_of(tool: Tool) -> str:
    """The one line of the page that shows a tool."""
    (found,) = [one for one in lines() if re.match(tool.line, one)]
    return found


def typed(tool: Tool, drill: LiveDrill, search_path: str, places: Mapping[str, str]) -> str:
    """What a line of the page prints, typed in a shell in the repository."""
    shift = PORT_OFFSET - ON_THE_PAGE
    line = re.sub(r"\b1\d{4}\b", lambda port: str(int(port[0]) + shift), line_of(tool)) + tool.more
    for name, place in places.items():
        line = re.sub(rf"\b{name}\b", place, line)
    home = drill.home / "shell"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        ["bash", "-c", f"{lines()[0]}\n{line}"],
        cwd=REPO,
        env={
            "PATH": search_path,
            "HOME": str(home),
            "DRILL_HOME": str(drill.home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def addresses(drill: LiveDrill) -> dict[str, Any]:
    answer = drill.answer("status", "--addresses")
    assert isinstance(answer, dict)
    return answer


@pytest.fixture(scope="module")
def places(drill: LiveDrill, addresses: dict[str, Any]) -> dict[str, str]:
    """What the page leaves open: a service's process, where the workspace is, and amtool's file."""
    processes = {one["service"]: one["pid"] for one in addresses["processes"]}
    return {
        "PID": str(processes["payments"]),
        "WORKSPACE": str(drill.workspace),
        "AMTOOL": addresses["pager"]["amtool_config"],
    }


def skip_without(name: str, search_path: str) -> None:
    if shutil.which(name, path=search_path) is None:
        pytest.skip(f"this machine has no {name}: {TOOLS[name].how_to_get}")


@pytest.mark.parametrize("name", TOOLS)
def test_the_line_of_the_page_works(
    name: str, drill: LiveDrill, search_path: str, places: dict[str, str]
) -> None:
    skip_without(name, search_path)
    assert re.search(TOOLS[name].prints, typed(TOOLS[name], drill, search_path, places))


def test_a_silence_of_amtool_is_in_the_timeline(
    drill: LiveDrill, search_path: str, places: dict[str, str]
) -> None:
    skip_without("amtool", search_path)
    assert re.search(SILENCE.prints, typed(SILENCE, drill, search_path, places).strip())
    noted = r'silence +alertname="HighLatency" until .* we know'

    def is_noted() -> bool:
        return re.search(noted, drill.drill("events").stdout) is not None

    wait_until_sync(is_noted, timeout_s=30, what="the silence in the timeline")


def test_without_the_password_the_databases_are_closed(
    drill: LiveDrill, search_path: str, addresses: dict[str, Any]
) -> None:
    """Negative control."""
    skip_without("psql", search_path)
    done = subprocess.run(
        ["psql", "-w", addresses["databases"]["urls"]["payments"], "-c", "select 1"],
        env={"PATH": search_path, "HOME": str(drill.home)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode != 0
    assert "password" in done.stderr


def test_every_service_documents_itself(addresses: dict[str, Any]) -> None:
    shop = {one["service"] for one in addresses["processes"]}
    urls = {one["name"]: one["url"] for one in addresses["addresses"] if one["name"] in shop}
    assert set(urls) == shop
    with httpx.Client(trust_env=False, verify=TRUSTING_NOBODY, timeout=20) as http:
        for name, url in urls.items():
            schema = http.get(f"{url}/openapi.json").json()
            assert schema["info"]["title"] == name
            assert schema["paths"]
            page = http.get(f"{url}/docs")
            assert page.status_code == 200
            assert "/openapi.json" in page.text
            assert "swagger-ui" in page.text
            assert "://" not in page.text, "nothing on it comes from another host"
