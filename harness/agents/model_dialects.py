"""The two forms in which models are asked and answer: OpenAI's chat completions, Anthropic's
messages. A stream is folded into the whole answer that it is made of, and then read as that is.

One concept: what both have in common stands only here, and each is the other's measure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from harness.agents.toolbox import Tool
from harness.aigate.usage import UsageMeter
from harness.aigate.vendors import Vendor

Json = dict[str, Any]
OUTPUT_TOKENS_MAX = 8_192
"""Of one answer; Anthropic's form must name it, and OpenAI's servers do not agree on the field."""
ANTHROPIC_VERSION = "2023-06-01"
CHARS_OF_A_TOKEN = 4
"""Where a server does not count its tokens, they are taken to be so long."""
CALLS_AT_ONCE_MAX = 32
SAID_CHARS_MAX = 100_000
"""What a model says beyond that is not shown to it again."""


class OddAnswer(Exception):
    """An answer that is none in its form."""


@dataclass(frozen=True)
class ToolUse:
    """A call that a model asks for; its arguments are text until they are checked."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Said:
    """One answer of a model."""

    text: str
    uses: tuple[ToolUse, ...]
    input_tokens: int | None
    output_tokens: int | None
    is_cut: bool = False
    """Whether it ended at the most that it may say."""
    asked: int = 0
    """How many calls it asked for, those that are left out among them."""
    own: Json | None = None
    """As the server gave it, to be given back so; None where that is too long."""


@dataclass(frozen=True)
class Result:
    """What came of a call."""

    use: ToolUse
    text: str
    is_error: bool = False


@dataclass
class Turn:
    """An answer, and what the model is told then: the results of its calls, or a word of ours."""

    said: Said
    results: list[Result] = field(default_factory=list)
    word: str = ""


class Dialect(Protocol):
    """How one vendor's servers are asked, and how their answers are read."""

    vendor: Vendor
    path: str

    def headers(self, key: str | None) -> dict[str, str]:
        """Who asks."""
        ...

    def body(
        self,
        model: str,
        task: str,
        turns: Sequence[Turn],
        tools: Sequence[Tool],
        *,
        is_streamed: bool,
    ) -> Json:
        """The whole question."""
        ...

    def folded(self, events: Sequence[Any]) -> Json:
        """The whole answer that a stream's events are. Raises OddAnswer."""
        ...

    def read(self, answer: Any) -> Said:
        """What a whole answer says. Raises OddAnswer."""
        ...


class OpenAi:
    """Chat completions, as OpenAI and everything compatible serves them."""

    vendor = Vendor.OPENAI
    path = "/chat/completions"

    def headers(self, key: str | None) -> dict[str, str]:
        return {"authorization": f"Bearer {key}"} if key else {}

    def body(
        self,
        model: str,
        task: str,
        turns: Sequence[Turn],
        tools: Sequence[Tool],
        *,
        is_streamed: bool,
    ) -> Json:
        messages: list[Json] = [{"role": "user", "content": task}]
        for turn in turns:
            messages.append(turn.said.own or self._rebuilt(turn.said))
            messages += [
                {"role": "tool", "tool_call_id": one.use.id, "content": one.text}
                for one in turn.results
            ]
            if turn.word:
                messages.append({"role": "user", "content": turn.word})
        streamed = {"stream": True, "stream_options": {"include_usage": True}}
        return {
            "model": model,
            "messages": messages,
            "tools": [
                {
                    "type": "function",
                    "function": {
                        "name": one.name,
                        "description": one.says,
                        "parameters": one.takes.model_json_schema(),
                    },
                }
                for one in tools
            ],
            **(streamed if is_streamed else {}),
        }

    def folded(self, events: Sequence[Any]) -> Json:
        text: list[str] = []
        uses: dict[int, Json] = {}
        arguments: dict[int, list[str]] = {}
        whole: Json = {}
        finish: Any = None
        for event in events:
            if not isinstance(event, dict):
                continue
            if "error" in event:
                raise OddAnswer(f"the stream says: {_short(event['error'])}")
            whole |= {"usage": event["usage"]} if event.get("usage") else {}
            for choice in _dicts(event.get("choices")):
                finish = choice.get("finish_reason") or finish
                delta = choice.get("delta")
                if not isinstance(delta, dict):
                    continue
                text.append(_text(delta.get("content")) or _text(delta.get("refusal")))
                for call in _dicts(delta.get("tool_calls")):
                    index = _number(call.get("index"), len(uses))
                    function = call.get("function")
                    function = function if isinstance(function, dict) else {}
                    known = uses.setdefault(index, {"id": "", "name": ""})
                    known["id"] = _text(call.get("id")) or known["id"]
                    known["name"] = _text(function.get("name")) or known["name"]
                    arguments.setdefault(index, []).append(_text(function.get("arguments")))
        if finish is None:
            raise OddAnswer("the stream ended before the answer did")
        calls = [
            {
                "id": one["id"] or f"call-{index}",
                "type": "function",
                "function": {"name": one["name"], "arguments": "".join(arguments[index])},
            }
            for index, one in sorted(uses.items())
        ]
        message: Json = {"role": "assistant", "content": "".join(text) or None}
        message |= {"tool_calls": calls} if calls else {}
        return {**whole, "choices": [{"message": message, "finish_reason": finish}]}

    def read(self, answer: Any) -> Said:
        choices = _dicts(answer.get("choices")) if isinstance(answer, dict) else []
        message = choices[0].get("message") if choices else None
        if not isinstance(message, dict):
            raise OddAnswer(f"an answer without a choice: {_short(answer)}")
        functions = [
            (call, function)
            for call in _dicts(message.get("tool_calls"))
            if isinstance(function := call.get("function"), dict)
        ]
        uses = [
            ToolUse(
                _text(call.get("id")) or f"call-{number}",
                _text(function.get("name")),
                _arguments(function.get("arguments")),
            )
            for number, (call, function) in enumerate(functions)
        ]
        text = _text(message.get("content")) or _text(message.get("refusal"))
        is_cut = choices[0].get("finish_reason") == "length"
        given = {key: message[key] for key in ("content", "tool_calls") if message.get(key)}
        own: Json | None = {"role": "assistant", "content": None, **given}
        if not given or any(_object(one.arguments) is None for one in uses):
            own = None  # which servers refuse, though it was theirs
        return _bounded(Said(text, tuple(uses), *_usage(answer), is_cut=is_cut, own=own))

    @staticmethod
    def _rebuilt(said: Said) -> Json:
        calls = [_openai_call(one) for one in said.uses]
        message: Json = {"role": "assistant", "content": said.text or "(nothing)"}
        return message | ({"tool_calls": calls} if calls else {})


class Anthropic:
    """Messages, as Anthropic and everything compatible serves them."""

    vendor = Vendor.ANTHROPIC
    path = "/v1/messages"

    def headers(self, key: str | None) -> dict[str, str]:
        named = {"x-api-key": key} if key else {}
        return {"anthropic-version": ANTHROPIC_VERSION, **named}

    def body(
        self,
        model: str,
        task: str,
        turns: Sequence[Turn],
        tools: Sequence[Tool],
        *,
        is_streamed: bool,
    ) -> Json:
        messages: list[Json] = [{"role": "user", "content": task}]
        for turn in turns:
            messages.append(turn.said.own or self._rebuilt(turn.said))
            told: list[Json] = [
                {
                    "type": "tool_result",
                    "tool_use_id": one.use.id,
                    "content": one.text,
                    "is_error": one.is_error,
                }
                for one in turn.results
            ]
            told += [{"type": "text", "text": turn.word}] if turn.word else []
            if told:
                messages.append({"role": "user", "content": told})
        return {
            "model": model,
            "max_tokens": OUTPUT_TOKENS_MAX,
            "messages": messages,
            "tools": [
                {
                    "name": one.name,
                    "description": one.says,
                    "input_schema": one.takes.model_json_schema(),
                }
                for one in tools
            ],
            **({"stream": True} if is_streamed else {}),
        }

    def folded(self, events: Sequence[Any]) -> Json:
        whole: Json = {"content": [], "stop_reason": None}
        meter = UsageMeter()
        parts: dict[int, list[str]] = {}
        blocks: dict[int, Json] = {}
        for event in events:
            if not isinstance(event, dict):
                continue
            meter.see(event)
            kind, index = event.get("type"), event.get("index")
            if kind == "error":
                raise OddAnswer(f"the stream says: {_short(event.get('error'))}")
            if kind == "content_block_start" and isinstance(event.get("content_block"), dict):
                blocks[_number(index)] = dict(event["content_block"])
            elif kind == "content_block_delta" and isinstance(event.get("delta"), dict):
                _anthropic_delta(blocks.setdefault(_number(index), {}), parts, index, event)
            elif kind == "message_delta" and isinstance(event.get("delta"), dict):
                whole["stop_reason"] = event["delta"].get("stop_reason") or whole["stop_reason"]
        if whole["stop_reason"] is None:
            raise OddAnswer("the stream ended before the answer did")
        for index, block in sorted(blocks.items()):
            if index in parts:
                block["input"] = "".join(parts[index])
            whole["content"].append(block)
        usage = {"input_tokens": meter.input_tokens, "output_tokens": meter.output_tokens}
        return {**whole, "usage": usage}

    def read(self, answer: Any) -> Said:
        if not isinstance(answer, dict) or not isinstance(answer.get("content"), list):
            raise OddAnswer(f"an answer without content: {_short(answer)}")
        blocks = _dicts(answer["content"])
        uses = [
            ToolUse(
                _text(one.get("id")) or f"call-{number}",
                _text(one.get("name")),
                _arguments(one.get("input")),
            )
            for number, one in enumerate(blocks)
            if one.get("type") == "tool_use"
        ]
        text = "".join(_text(one.get("text")) for one in blocks if one.get("type") == "text")
        is_cut = answer.get("stop_reason") == "max_tokens"
        own: Json | None = None
        if blocks and all(not isinstance(one.get("input"), str) for one in blocks):
            own = {"role": "assistant", "content": blocks}
        elif parsed := _parsed_inputs(blocks):
            own = {"role": "assistant", "content": parsed}
        return _bounded(Said(text, tuple(uses), *_usage(answer), is_cut=is_cut, own=own))

    @staticmethod
    def _rebuilt(said: Said) -> Json:
        blocks: list[Json] = [{"type": "text", "text": said.text or "(nothing)"}]
        for one in said.uses:
            given = _object(one.arguments)
            blocks.append(
                {
                    "type": "tool_use",
                    "id": one.id,
                    "name": one.name or "unknown",
                    "input": {} if given is None else given,
                }
            )
        return {"role": "assistant", "content": blocks}


DIALECTS: Mapping[Vendor, Dialect] = {Vendor.OPENAI: OpenAi(), Vendor.ANTHROPIC: Anthropic()}


def _anthropic_delta(block: Json, parts: dict[int, list[str]], index: Any, event: Json) -> None:
    delta = event["delta"]
    if "partial_json" in delta:
        parts.setdefault(_number(index), []).append(_text(delta["partial_json"]))
    for name in ("text", "thinking", "signature"):
        if name in delta:
            block[name] = _text(block.get(name)) + _text(delta[name])


def _parsed_inputs(blocks: Sequence[Json]) -> list[Json] | None:
    """Blocks of a stream, whose inputs came as text; None where one of them is no object."""
    parsed = []
    for one in blocks:
        given = _object(one["input"]) if isinstance(one.get("input"), str) else one.get("input")
        if one.get("type") == "tool_use" and given is None:
            return None
        parsed.append(one if "input" not in one else {**one, "input": given})
    return parsed


def _bounded(said: Said) -> Said:
    """What is said beyond all bounds is shortened, and then not given back as it came."""
    asked, uses = len(said.uses), said.uses[:CALLS_AT_ONCE_MAX]
    chars = len(said.text) + sum(len(one.arguments) for one in uses)
    if said.output_tokens is None:
        said = replace(said, output_tokens=max(1, chars // CHARS_OF_A_TOKEN))
    if asked <= CALLS_AT_ONCE_MAX and chars <= SAID_CHARS_MAX:
        return replace(said, asked=asked)
    return replace(said, uses=uses, asked=asked, text=said.text[:SAID_CHARS_MAX], own=None)


def forgotten(said: Said) -> Said:
    """An answer as its model is reminded of it, once what was too long in it has been looked at."""
    chars = sum(len(one.arguments) for one in said.uses)
    if chars <= SAID_CHARS_MAX:
        return said
    return replace(said, own=None, uses=tuple(replace(one, arguments="{}") for one in said.uses))


def _openai_call(use: ToolUse) -> Json:
    arguments = "{}" if _object(use.arguments) is None else use.arguments
    return {
        "id": use.id,
        "type": "function",
        "function": {"name": use.name or "unknown", "arguments": arguments or "{}"},
    }


def _usage(answer: Any) -> tuple[int | None, int | None]:
    meter = UsageMeter()
    meter.see(answer)
    return meter.input_tokens, meter.output_tokens


def _object(text: str) -> Json | None:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _arguments(value: Any) -> str:
    """Arguments as text, in whichever form they came."""
    if value is None:
        return "{}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _dicts(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any, otherwise: int = 0) -> int:
    return value if isinstance(value, int) else otherwise


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:300]
