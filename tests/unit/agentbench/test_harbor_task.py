"""Drills as Harbor's tasks, held against the format's published model: what an agent may see of
them, and what their test script makes of records.

`harbor-task.schema.json` is what Pydantic makes of Harbor's own model. That ignores keys which it
does not know; here they are mistakes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from harness.agentbench import harbor_task
from harness.agentbench.harbor_task import scenario_of, task_id, write_tasks
from harness.catalog.reader import Catalog
from harness.drill.lifecycle.seal import Seal, sealed
from harness.errors import UnknownName, UsageError
from harness.paths import REPO
from harness.record import events as e
from harness.record.store import Record
from tests.unit.scoring.stories import STRUCTURED, Moment, without

CATALOG = Catalog(REPO)
SCENARIO, SEED = "bad-timeouts", 7
SEEN = ("task.toml", "instruction.md", "environment/Dockerfile", "environment/docker-compose.yaml")
"""What an agent's containers are made of, and what it is told."""


def published() -> dict[str, Any]:
    """The model, in which no key is unknown."""
    path = Path(__file__).with_name("harbor-task.schema.json")
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for one in [schema, *schema["$defs"].values()]:
        if "properties" in one:
            one["additionalProperties"] = False
    return schema


def mistakes(text: str) -> list[str]:
    checked = jsonschema_rs.validator_for(published())
    return [one.message for one in checked.iter_errors(tomllib.loads(text))]


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    names = CATALOG.scenario_ids()
    output = tmp_path_factory.mktemp("tasks")
    made = write_tasks(CATALOG, names, [SEED], "threeam/box", output)
    return dict(zip(names, made, strict=True))


def test_every_scenario_becomes_a_task_by_the_published_model(tasks: dict[str, Path]) -> None:
    for folder in tasks.values():
        assert mistakes((folder / "task.toml").read_text(encoding="utf-8")) == []
        for script in ("tests/test.sh", "solution/solve.sh"):
            assert os.access(folder / script, os.X_OK)
    text = (tasks[SCENARIO] / "task.toml").read_text(encoding="utf-8")
    for broken in (
        text.replace("timeout_sec", "timeout_s", 1),
        text.replace('"streamable-http"', '"websocket"'),
        text.replace("150.0", '"soon"'),
    ):
        assert broken != text
        assert mistakes(broken)


def test_what_an_agent_may_see_names_neither_scenario_nor_cause(tasks: dict[str, Path]) -> None:
    for name, folder in tasks.items():
        faults = [CATALOG.fault(one) for one in CATALOG.scenario(name).faults]
        if not faults:
            continue
        told = [name, *(word for one in faults for word in (one.id, one.title, one.locus))]
        text = "\n".join((folder / one).read_text(encoding="utf-8") for one in SEEN)
        assert [word for word in told if word in text or word in str(folder)] == []
        script = (folder / "tests" / "test.sh").read_text(encoding="utf-8")
        assert name in script, "the verifier alone is told"


def test_the_agents_place_is_not_made_of_what_holds_the_answers(tasks: dict[str, Path]) -> None:
    docker = (tasks[SCENARIO] / "environment" / "Dockerfile").read_text(encoding="utf-8")
    assert [one for one in docker.splitlines() if one.startswith(("FROM", "COPY", "ADD"))] == [
        "FROM python:3.11-slim-bookworm"
    ]


def test_a_task_is_found_again_by_its_digest_and_seed_alone() -> None:
    assert scenario_of(CATALOG, task_id(SCENARIO, SEED), SEED) == SCENARIO
    for id_, seed in ((task_id(SCENARIO, SEED), SEED + 1), ("0" * 12, SEED)):
        with pytest.raises(UsageError, match="no task"):
            scenario_of(CATALOG, id_, seed)


def test_unknown_scenarios_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="bad-timeout"):
        write_tasks(CATALOG, [SCENARIO, "bad-timeout"], [1], "threeam/box", tmp_path)
    assert list(tmp_path.iterdir()) == []


def kept(path: Path, moments: Sequence[Moment], *, seed: int = SEED) -> Path:
    """A record of the scenario whose answer is opened."""
    scenario = CATALOG.scenario(SCENARIO)
    seal: Seal = sealed(scenario, seed, [CATALOG.fault(one) for one in scenario.faults])
    path.mkdir()
    with Record(path / "record.db", "d-7f3a91c2") as record:
        record.append(e.AnswerSealed(seal.commitment), actor="harness")
        for _, event in moments:
            record.append(event, actor=str(getattr(event, "by", "host")))
        record.append(e.SealOpened(seal.salt, seal.answer), actor="harness")
    return path / "record.db"


def scripted(task: Path, record: Path) -> tuple[int, dict[str, Any]]:
    """What the task's own script says, run as it is: its exit code, and the reward it wrote."""
    reward = record.with_name("reward.json")
    reward.unlink(missing_ok=True)
    place = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(task / "tests" / "test.sh")],
        env={**os.environ, "PATH": place, "DRILL_RECORD": str(record), "DRILL_REWARD": str(reward)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, json.loads(reward.read_text()) if reward.exists() else {}


def test_the_script_rewards_a_drill_that_was_passed_and_no_other(
    tasks: dict[str, Path], tmp_path: Path
) -> None:
    good = kept(tmp_path / "good", STRUCTURED)
    code, found = scripted(tasks[SCENARIO], good)
    assert (code, found["reward"]) == (0, 1)
    assert {type(one) for one in found.values()} <= {int, float}, "a runner takes numbers alone"
    unproven = kept(tmp_path / "unproven", without(STRUCTURED, e.VerifyFinished))
    code, found = scripted(tasks[SCENARIO], unproven)
    assert (code, found["reward"], found["healed"], found["source_named"]) == (0, 0, 0, 1)


def test_without_its_own_record_there_is_no_reward_at_all(
    tasks: dict[str, Path], tmp_path: Path
) -> None:
    other = kept(tmp_path / "other", STRUCTURED, seed=SEED + 1)
    assert scripted(tasks[SCENARIO], other) == (2, {})
    assert scripted(tasks[SCENARIO], tmp_path / "missing.db") == (3, {})


def test_what_collects_a_record_waits_for_the_name_that_the_verifier_reads() -> None:
    assert f"{harbor_task.RESULT}/{harbor_task.RECORD}" in harbor_task.COLLECT
    assert "'" not in harbor_task.COLLECT, "it stands in single quotes"
