"""A call of a tool, from its name to its answer: checked, bounded, and in the record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.agents.answer_bounds import CHARS_MAX, shortened
from harness.agents.toolbox import TOOLS, Say, Seat, Tool
from harness.aigate.events_stream import json_of
from harness.errors import DrillError, UnknownName, UsageError
from harness.record.events import ToolName

ARGUMENTS_CHARS_MAX = 250_000
RECORDED_CHARS = 2_000
"""So much of a call's arguments is in the record."""
REASON_CHARS = 500
MISTAKES_SHOWN = 5
UNKNOWN: ToolName = "unknown"
RESOURCE = "read_resource"


class Reply(BaseModel):
    """What every tool answers."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    answer: Any = Field(description="What the command of the same name answers.")
    left_out: list[str] = Field(
        description="What had no room, part by part: ask for less, or for another part."
    )


@dataclass(frozen=True)
class Player:
    """One agent at a drill, and everything that it can do there."""

    seat: Seat
    chars_max: int = CHARS_MAX

    def call(self, name: str, arguments: Mapping[str, Any], say: Say) -> Reply:
        """Use a tool. Raises DrillError, in the words that help to do it right; what cannot be
        recorded is not answered."""
        tool = next((one for one in TOOLS if one.name == name), None)
        given = arguments if tool else {"name": name, "arguments": dict(arguments)}
        seat = replace(self.seat, say=say)
        return self._recorded(
            tool.name if tool else UNKNOWN, given, lambda: _run(tool, name, arguments, seat)
        )

    def call_text(self, name: str, text: str, say: Say) -> Reply:
        """As `call`, with arguments as a model writes them: JSON, or what is none."""
        given = json_of(text.encode()) if len(text) <= ARGUMENTS_CHARS_MAX else None
        if isinstance(given, dict):
            return self.call(name, given, say)
        return self._recorded(_known(name), {"name": name, "text": text}, lambda: _refuse(text))

    def read(self, uri: str, work: Callable[[], str]) -> str:
        """Read a runbook or a page, which is in the record as well. Raises DrillError."""
        return str(self._recorded(RESOURCE, {"uri": uri}, work).answer)

    def _recorded(self, tool: str, given: Mapping[str, Any], work: Callable[[], Any]) -> Reply:
        began = time.monotonic()
        asked = _as_json(given)
        try:
            answer, left_out = shortened(work(), self.chars_max)
        except DrillError as error:
            self._record(tool, asked, began, reason=error.message)
            raise
        reply = Reply(answer=answer, left_out=list(left_out))
        self._record(tool, asked, began, answer_chars=len(_as_json(reply.answer)))
        return reply

    def _record(
        self, tool: str, asked: str, began: float, *, answer_chars: int = 0, reason: str = ""
    ) -> None:
        self.seat.client.post(
            "/v1/tool-calls",
            {
                "tool": tool,
                "arguments": asked[:RECORDED_CHARS],
                "arguments_chars": len(asked),
                "outcome": "refused" if reason else "answered",
                "answer_chars": answer_chars,
                "took_ms": round((time.monotonic() - began) * 1000),
                "reason": reason[:REASON_CHARS],
            },
        )


def _run(tool: Tool | None, name: str, arguments: Mapping[str, Any], seat: Seat) -> Any:
    if tool is None:
        raise UnknownName("tool", name[:100], [one.name for one in TOOLS])
    chars = len(_as_json(arguments))
    if chars > ARGUMENTS_CHARS_MAX:
        raise _too_long(chars)
    return tool.run(seat, _checked(tool, arguments))


def _known(name: str) -> ToolName:
    return next((one.name for one in TOOLS if one.name == name), UNKNOWN)


def _refuse(text: str) -> NoReturn:
    if len(text) > ARGUMENTS_CHARS_MAX:
        raise _too_long(len(text))
    raise UsageError("the arguments are no JSON object", 'such as {"service": "payments"}')


def _too_long(chars: int) -> UsageError:
    return UsageError(
        f"the arguments have {chars} characters, {ARGUMENTS_CHARS_MAX} are the most",
        "ask for less at once",
    )


def _checked(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    """The arguments as the tool's model. Raises UsageError that names each that is wrong."""
    tool.takes.require_fields(arguments)
    try:
        return tool.takes.model_validate(dict(arguments))
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False, include_context=False)
        told = [
            f"{'.'.join(str(part) for part in one['loc']) or 'arguments'}: {one['msg']}"
            for one in wrong[:MISTAKES_SHOWN]
        ]
        names = ", ".join(tool.takes.field_names()) or "none"
        raise UsageError("; ".join(told), f"{tool.name} takes: {names}") from None


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
