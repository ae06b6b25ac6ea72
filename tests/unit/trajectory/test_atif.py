"""Trajectories of people and agents, held against the format's published model.

`atif-trajectory.schema.json` is what Pydantic makes of Harbor's own model. What a JSON schema
cannot say is checked here: steps are numbered from 1, results belong to calls, and what was no
inference has no metrics.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from harness.record import events as e
from harness.scoring.grades import grade
from harness.trajectory.atif import SCHEMA_VERSION, trajectory
from harness.trajectory.steps import steps_of
from tests.unit.scoring.stories import KEY, PANIC, STRUCTURED, Moment, case_of, envelopes

PUBLISHED = json.loads(
    Path(__file__).with_name("atif-trajectory.schema.json").read_text(encoding="utf-8")
)
CALLS: list[Moment] = [
    *STRUCTURED[:10],
    (2.0, e.ToolCalled("logs", '{"service": "payments"}', 24, "answered", 900, 40, "agent-7")),
    (2.1, e.DiagnosisDeclared("payments", "overload", 60, ("log:4711",), "", "agent-7")),
    (2.101, e.ToolCalled("diagnose", '{"service": "payments"}', 24, "answered", 9, 90, "agent-7")),
    (2.2, e.ToolCalled("unknown", '{"name": "ro', 9000, "refused", 0, 1, "agent-7", "no tool")),
]


def mistakes(found: Mapping[str, Any]) -> list[str]:
    """Where a trajectory is none by the published model."""
    wrong = [
        f"{one.instance_path}: {one.message}"
        for one in jsonschema_rs.validator_for(PUBLISHED).iter_errors(found)
    ]
    for number, step in enumerate(found["steps"], 1):
        calls = {one["tool_call_id"] for one in step.get("tool_calls", ())}
        results = step.get("observation", {}).get("results", ())
        if step["step_id"] != number:
            wrong.append(f"step {number} has the number {step['step_id']}")
        if any(one["source_call_id"] not in calls for one in results):
            wrong.append(f"step {number} has a result of no call")
        if step["source"] != "agent" and calls:
            wrong.append(f"step {number} calls, and is no agent's")
        if step.get("llm_call_count") == 0 and "metrics" in step:
            wrong.append(f"step {number} has metrics of no inference")
    return wrong


def made(moments: list[Moment]) -> dict[str, Any]:
    grades = grade(case_of(moments), lambda *_: False)
    return trajectory(envelopes(moments), player="alex", version="1", truth=KEY, grades=grades)


@pytest.mark.parametrize("moments", [STRUCTURED, PANIC, CALLS, []], ids=len)
def test_it_is_a_trajectory_by_the_published_model(moments: list[Moment]) -> None:
    found = made(moments)
    assert found["schema_version"] == SCHEMA_VERSION == "ATIF-v1.7"
    assert json.loads(json.dumps(found)) == found
    assert mistakes(found) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found.update(schema_version="ATIF-v9"),
        lambda found: found.update(more=1),
        lambda found: found["agent"].pop("version"),
        lambda found: found["steps"][1].update(source="person"),
        lambda found: found["steps"].pop(2),
        lambda found: found["steps"][-1].update(
            observation={"results": [{"source_call_id": "call-0"}]}
        ),
    ],
)
def test_what_is_none_is_noticed(spoil: Any) -> None:
    found = made(STRUCTURED)
    spoil(found)
    assert mistakes(found)


def test_a_persons_steps_come_from_the_record_and_are_no_inference() -> None:
    steps = [one for one in made(STRUCTURED)["steps"] if one["source"] == "agent"]
    named = [call["function_name"] for one in steps for call in one["tool_calls"]]
    assert named == [
        "ack", "triage", "declare", "mark", "mark", "hypotheses", "hypotheses", "diagnose",
        "expect", "update", "rollback", "update", "verify",
    ]  # fmt: skip
    assert {one["llm_call_count"] for one in steps} == {0}
    believed = next(one for one in steps if one["tool_calls"][0]["function_name"] == "diagnose")
    assert believed["extra"]["by"] == "alex"
    assert len(believed["extra"]["evidence"]) == 2


def test_an_agents_call_stands_once_with_what_it_made() -> None:
    steps = [one for one in steps_of(envelopes(CALLS)) if one.by == "agent-7"]
    assert [(one.verb, one.kind) for one in steps] == [
        ("logs", "looked"), ("diagnose", "believed"), ("unknown", "did"),
    ]  # fmt: skip
    assert steps[1].evidence == ("log:4711",)
    assert "payments, overload" in steps[1].made[0]
    assert steps[2].outcome == "refused: no tool"
    assert steps[2].arguments == {"shortened": '{"name": "ro'}
    assert all("llm_call_count" not in one for one in made(CALLS)["steps"])


def test_a_models_words_are_inferences_with_what_they_took() -> None:
    turned = e.AgentTurned(1, "I look at the logs", 18, 1, 900, 40, 1500, "agent-7", 0.01)
    ended = e.AgentEnded("model", "m-1", "finished", "", 1, 2, 900, 40, 9000, "agent-7", 0.01)
    found = made([*CALLS[:-1], (2.15, turned), (9.0, ended)])
    assert mistakes(found) == []
    (thought,) = [one for one in found["steps"] if one.get("llm_call_count") == 1]
    assert thought["message"] == "I look at the logs"
    assert thought["metrics"] == {
        "prompt_tokens": 900, "completion_tokens": 40, "cost_usd": 0.01,
    }  # fmt: skip
    assert found["agent"]["model_name"] == "m-1"
    assert found["final_metrics"]["total_cost_usd"] == 0.01


def test_what_only_the_instructor_may_see_is_no_step() -> None:
    hidden = e.AccessRefused("GET /v1/answer")
    assert steps_of(envelopes([(0.0, hidden)])) == ()
