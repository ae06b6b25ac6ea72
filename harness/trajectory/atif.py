"""A drill as a trajectory in the Agent Trajectory Interchange Format, ATIF-v1.7.

The format is Harbor's (https://harborframework.com/docs/trajectory-format). What people did has it
as well: a person and an agent on one seed are two files of one shape. A person's step is no
inference, its `llm_call_count` is 0. What the format has no place for stands under `extra`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness.record.envelope import Envelope, to_iso
from harness.record.events import AgentEnded, AiFinished, ToolCalled
from harness.record.story import fold
from harness.scoring.case import AnswerKey
from harness.scoring.grades import Grades
from harness.trajectory.steps import Step, steps_of

SCHEMA_VERSION = "ATIF-v1.7"
SYSTEM = frozenset({"told", "shop"})
TASK = (
    "You are on call for a shop. When you are paged: acknowledge, find the service and the kind of "
    "the cause with its evidence, heal the shop without harm to it, verify, and tell stakeholders."
)


def trajectory(
    envelopes: Sequence[Envelope],
    *,
    player: str,
    version: str,
    model: str | None = None,
    truth: AnswerKey | None = None,
    grades: Grades | None = None,
) -> dict[str, Any]:
    """The trajectory of `player` in a drill that is over, as plain data.

    `truth` only where the answer may be told.
    """
    story = fold(envelopes)
    is_agent = any(isinstance(one.event, ToolCalled) for one in envelopes)
    began = story.entries[0].wall_time if story.entries else None
    task = {"step_id": 1, "source": "system", "message": TASK}
    if began is not None:
        task["timestamp"] = to_iso(began)
    steps = [
        _written(one, number, is_agent=is_agent)
        for number, one in enumerate(steps_of(envelopes), 2)
    ]
    extra: dict[str, Any] = {"drill_id": story.drill_id, "is_agent": is_agent}
    if truth is not None:
        extra["truth"] = {"title": truth.title, "causes": [asdict(one) for one in truth.causes]}
    if grades is not None:
        extra["grades"] = grades.to_json()
    ended = story.last(AgentEnded)
    model = model or (ended.event.model if ended else None)
    agent: dict[str, Any] = {"name": player, "version": version}
    found = {
        "schema_version": SCHEMA_VERSION,
        "session_id": story.drill_id,
        "trajectory_id": f"{story.drill_id}-{player}",
        "agent": agent | ({"model_name": model} if model else {}),
        "steps": [task, *steps],
        "notes": "Made of the record of a drill. Of an agent's calls the length of the answer is "
        "recorded, not the answer.",
        "final_metrics": _metrics(envelopes, len(steps) + 1),
        "extra": extra,
    }
    plain: dict[str, Any] = json.loads(json.dumps(found, ensure_ascii=False))
    return plain


def _written(one: Step, number: int, *, is_agent: bool) -> dict[str, Any]:
    base: dict[str, Any] = {
        "step_id": number,
        "timestamp": to_iso(one.at),
        "extra": {"kind": one.kind, "drill_ms": one.drill_ms, "seq": one.seq}
        | ({"by": one.by} if one.by else {})
        | ({"evidence": list(one.evidence)} if one.evidence else {}),
    }
    if one.kind == "thought":
        words = {"source": "agent", "message": one.text, "metrics": dict(one.metrics)}
        return {**base, **words, "llm_call_count": 1}
    if one.kind in SYSTEM or not one.verb:
        source = "user" if one.kind == "told" else "system"
        return {**base, "source": source, "message": one.text}
    call_id = f"call-{one.seq}"
    results = list(one.made) or [one.outcome or "done"]
    step = {
        **base,
        "source": "agent",
        "message": one.text,
        "tool_calls": [
            {
                "tool_call_id": call_id,
                "function_name": one.verb,
                "arguments": dict(one.arguments),
            }
        ],
        "observation": {
            "results": [{"source_call_id": call_id, "content": text} for text in results]
        },
    }
    return step if is_agent else {**step, "llm_call_count": 0}


def _metrics(envelopes: Sequence[Envelope], steps: int) -> dict[str, Any]:
    """What an agent used up, or people at the drill's own gate; what nobody counted is left out."""
    ended = [one.event for one in envelopes if isinstance(one.event, AgentEnded)]
    if ended:
        last = ended[-1]
        cost = {} if last.usd is None else {"total_cost_usd": last.usd}
        return {
            "total_steps": steps,
            "total_prompt_tokens": last.input_tokens,
            "total_completion_tokens": last.output_tokens,
            **cost,
        }
    asked = [one.event for one in envelopes if isinstance(one.event, AiFinished)]
    sums: Mapping[str, int] = {
        name: sum(found)
        for name, found in (
            ("total_prompt_tokens", [one.input_tokens for one in asked if one.input_tokens]),
            ("total_completion_tokens", [one.output_tokens for one in asked if one.output_tokens]),
        )
        if found
    }
    return {"total_steps": steps, **sums}
