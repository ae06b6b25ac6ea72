"""Drills as tasks of Harbor (https://harborframework.com): a folder each, which Harbor builds, lets
an agent play and grades.

Three containers see different things. The agent's has a shell and no checkout of this repository,
whose `faults/` are the answers. The drill's is the box (docs/box.md), which gives the agent its
tools at one port and nothing else. The verifier's is the box, too, and reads the record of the
drill, which the agent never had. What names the scenario lies in `tests/` and `solution/`, which
Harbor shows to no agent; the environment knows the task by a digest.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.agentbench import harbor_solve
from harness.agents.reading import task
from harness.catalog.reader import Catalog
from harness.drill.lifecycle.forms import in_drawn_form
from harness.errors import UnknownName, UsageError
from harness.model import ClueKind, Fault

SCHEMA = "1.4"
ORGANISATION = "threeam"
DIGEST_CHARS = 12
PORT = 8700
SERVICE = "drill"
RESULT = "/var/lib/threeam/result"
"""In the drill's container, and by Harbor's artifacts in the verifier's."""
RECORD = "record.db"
REWARD = "/logs/verifier/reward.json"
AGENT_S, COLLECT_S, VERIFY_S, BUILD_S = 1_800.0, 150.0, 120.0, 1_800.0
MINUTES = 40.0
"""Of the drill: longer than an agent has, so that it is Harbor that ends it."""
EXECUTABLE = 0o755
PAGING = """
## How to reach it

The tools are those of the MCP server `drill`, at http://drill:8700/mcp (streamable HTTP, no token).
The shop starts to be yours with your first call; the page comes within a minute or two of it, or
not at all: ask `page` until it does. `verify` takes up to two minutes. You are done when a
verification has passed and the cause is declared.
"""
DOCKERFILE = """\
# The agent's place. It is not made of the box, which holds the answers.
FROM python:3.11-slim-bookworm
RUN apt-get update \\
    && apt-get install --yes --no-install-recommends ca-certificates curl git \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /work
"""
COMPOSE = """\
services:
  main:
    environment:
      DRILL_MCP_URL: http://{service}:{port}/mcp
    depends_on:
      {service}:
        condition: service_healthy
  {service}:
    image: {image}
    command: ["drill", "agents", "serve", "{id}", "--seed", "{seed}", "--minutes", "{minutes:g}"]
    read_only: true
    tmpfs: [/tmp, /run]
    shm_size: 256m
    cap_drop: [ALL]
    cap_add: [SETUID, SETGID, CHOWN, FOWNER, DAC_OVERRIDE, KILL]
    security_opt: ["no-new-privileges:true"]
    pids_limit: 600
    stop_grace_period: 60s
    healthcheck:
      test: ["CMD", "python", "/opt/threeam/tools/box", "health"]
      interval: 2s
      timeout: 5s
      start_period: 120s
      retries: 60
"""
CONFIG = """\
schema_version = "{schema}"

[task]
name = "{organisation}/{id}"
description = "An incident in a running shop: find it, contain it, prove the fix, name the cause"
keywords = ["sre", "incident-response", "root-cause-analysis"]

[metadata]
category = "operations"

[agent]
timeout_sec = {agent_s}

[environment]
build_timeout_sec = {build_s}

[[environment.mcp_servers]]
name = "{service}"
transport = "streamable-http"
url = "http://{service}:{port}/mcp"

[verifier]
timeout_sec = {verify_s}
environment_mode = "separate"

[verifier.environment]
docker_image = "{image}"

[[verifier.collect]]
service = "{service}"
command = '{collect}'
timeout_sec = {collect_s}

[[artifacts]]
source = "{result}"
service = "{service}"
"""
TEST = """\
#!/bin/sh
# 1 where something was detected, its source named, and the shop healed without harm; else 0. There
# is no reward without a record: that is no failure of the agent.
exec drill agents reward "${{DRILL_RECORD:-{record}}}" \\
  --scenario {scenario} --seed {seed} --output "${{DRILL_REWARD:-{reward}}}"
"""
SOLVE = """\
#!/bin/sh
exec python3 "$(dirname "$0")/solve.py"
"""
COLLECT = (
    f"drill finish || true; for i in $(seq {COLLECT_S - 10:g}); do"
    f" test -e {RESULT}/{RECORD} && exit 0; sleep 1; done; exit 1"
)


@dataclass(frozen=True)
class Asked:
    """One task."""

    scenario: str
    seed: int
    image: str

    @property
    def id(self) -> str:
        return task_id(self.scenario, self.seed)


def task_id(scenario: str, seed: int) -> str:
    """What a task is called where an agent might see it."""
    return hashlib.sha256(f"{scenario}:{seed}".encode()).hexdigest()[:DIGEST_CHARS]


def scenario_of(catalog: Catalog, id_: str, seed: int) -> str:
    """The scenario of a task. Raises UsageError where this checkout does not have it."""
    for name in catalog.scenario_ids():
        if task_id(name, seed) == id_:
            return name
    raise UsageError(
        f"there is no task '{id_[:100]}' with seed {seed} here",
        "it was written by another version: write it again with drill agents harbor",
    )


def write_tasks(
    catalog: Catalog, names: Sequence[str], seeds: Sequence[int], image: str, output: Path
) -> list[Path]:
    """A folder of each scenario and seed below `output`. Raises UnknownName before any is
    written."""
    known = catalog.scenario_ids()
    for name in names:
        if name not in known:
            raise UnknownName("scenario", name, known)
    asked = [Asked(name, seed, image) for name in names for seed in seeds]
    return [_written(catalog, one, output / f"{ORGANISATION}-{one.id}") for one in asked]


def _written(catalog: Catalog, asked: Asked, folder: Path) -> Path:
    environment, tests, solution = (folder / name for name in ("environment", "tests", "solution"))
    for path in (environment, tests, solution):
        path.mkdir(parents=True, exist_ok=True)
    (folder / "task.toml").write_text(_config(asked), encoding="utf-8")
    (folder / "instruction.md").write_text(f"{task()}{PAGING}", encoding="utf-8")
    (environment / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    (environment / "docker-compose.yaml").write_text(_compose(asked), encoding="utf-8")
    _script(tests / "test.sh", _test(asked))
    _script(solution / "solve.sh", SOLVE)
    source = Path(harbor_solve.__file__).read_text(encoding="utf-8")
    (solution / "solve.py").write_text(source, encoding="utf-8")
    plan = json.dumps(_plan(catalog, asked), indent=1)
    (solution / "plan.json").write_text(plan, encoding="utf-8")
    return folder


def _script(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(EXECUTABLE)


def _config(asked: Asked) -> str:
    return CONFIG.format(
        schema=SCHEMA, organisation=ORGANISATION, id=asked.id, service=SERVICE, port=PORT,
        image=asked.image, collect=COLLECT, result=RESULT, agent_s=AGENT_S, build_s=BUILD_S,
        verify_s=VERIFY_S, collect_s=COLLECT_S,
    )  # fmt: skip


def _compose(asked: Asked) -> str:
    return COMPOSE.format(
        service=SERVICE, port=PORT, image=asked.image, id=asked.id, seed=asked.seed, minutes=MINUTES
    )


def _test(asked: Asked) -> str:
    return TEST.format(
        record=f"{RESULT}/{RECORD}",
        scenario=shlex.quote(asked.scenario),
        seed=asked.seed,
        reward=REWARD,
    )


def _plan(catalog: Catalog, asked: Asked) -> dict[str, Any]:
    """What the solution does: what each scenario's proof does, too (`make smoke`)."""
    scenario = catalog.scenario(asked.scenario)
    _, faults = (
        in_drawn_form(scenario, [catalog.fault(name) for name in scenario.faults], asked.seed)
        if scenario.faults
        else (scenario, ())
    )
    return {
        "pages": bool(scenario.faults or scenario.blips),
        "causes": [_cause(fault) for fault in faults],
    }


def _cause(fault: Fault) -> dict[str, Any]:
    return {
        "service": fault.service,
        "mechanism": fault.mechanism.value,
        "version": fault.release.version_to if fault.release else None,
        "flag": fault.mitigation.flag,
        "queries": [clue.find for clue in fault.evidence if clue.kind is ClueKind.METRIC],
    }
