"""A request's body: what is asked of which model, and the body that goes on in its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from harness.aigate.vendors import Body, Refused

PROMPT_KEPT_CHARS = 16_000
MODEL_KEPT_CHARS = 200


@dataclass(frozen=True)
class Asked:
    """What goes to the provider, and what the record keeps of it."""

    body: bytes
    model: str
    prompt: str
    """The newest thing that was asked, at most PROMPT_KEPT_CHARS of it."""
    prompt_chars: int
    hides_usage: bool
    """We asked for the token counts of a stream; the caller, who did not, is not to see them."""


def read_body(kind: Body, body: bytes, brief: str | None) -> Asked:
    """What `body` asks, with `brief` added as a system message. Raises Refused (400)."""
    if kind is Body.NOTHING:
        return Asked(b"", "", "", 0, False)
    try:
        # Half a character, which JSON can spell and the record cannot hold, is refused here too.
        data = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Refused(400, "not_json", "the body is not JSON that can be read") from error
    if not isinstance(data, dict):
        raise Refused(400, "not_json", "the body must be a JSON object")
    model = data.get("model")
    if not isinstance(model, str) or not model:
        raise Refused(400, "no_model", "the body must name a model")
    prompt = _newest(kind, data)
    hides_usage = kind is Body.CHAT and _ask_for_usage(data)
    if brief is not None:
        _add_brief(kind, data, brief)
    if hides_usage or brief is not None:
        body = json.dumps(data).encode()
    kept = model[:MODEL_KEPT_CHARS]
    return Asked(body, kept, prompt[:PROMPT_KEPT_CHARS], len(prompt), hides_usage)


def _newest(kind: Body, data: dict[str, Any]) -> str:
    asked = data.get("messages" if kind in (Body.CHAT, Body.MESSAGES) else "input")
    if isinstance(asked, list) and kind is not Body.EMBEDDINGS:
        asked = asked[-1:]
    return "\n".join(_texts(asked))


def _texts(content: object) -> list[str]:
    """Every text in a message's content, whatever its nesting."""
    if isinstance(content, str):
        return [content]
    if isinstance(content, list):
        return [text for part in content for text in _texts(part)]
    if isinstance(content, dict):
        return [text for key in ("text", "content", "output") for text in _texts(content.get(key))]
    return []


def _ask_for_usage(data: dict[str, Any]) -> bool:
    """Ask for the token counts at the end of a stream; False where the caller does, or where
    there is no stream."""
    options = data.get("stream_options") or {}
    if data.get("stream") is not True or not isinstance(options, dict):
        return False
    if options.get("include_usage") is True:
        return False
    data["stream_options"] = {**options, "include_usage": True}
    return True


def _add_brief(kind: Body, data: dict[str, Any], brief: str) -> None:
    if kind is Body.CHAT:
        messages = data.get("messages")
        if not isinstance(messages, list):
            raise Refused(400, "no_messages", "messages must be a list")
        data["messages"] = [{"role": "system", "content": brief}, *messages]
    elif kind is Body.RESPONSES:
        data["instructions"] = _before(brief, data.get("instructions"))
    elif kind is Body.MESSAGES:
        system = data.get("system")
        if isinstance(system, list):
            data["system"] = [{"type": "text", "text": brief}, *system]
        else:
            data["system"] = _before(brief, system)
    else:
        raise Refused(400, "no_brief", "X-Drill-Brief has no meaning here")


def _before(brief: str, rest: object) -> str:
    if rest is None:
        return brief
    if not isinstance(rest, str):
        raise Refused(400, "bad_system", "the brief can be added only to a text")
    return f"{brief}\n\n{rest}"
