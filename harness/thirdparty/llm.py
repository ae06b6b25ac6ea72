"""The model provider: chat completions in OpenAI's format, without streaming."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from harness.thirdparty.bounded_server import json_of
from harness.thirdparty.completions import CompletionBook
from harness.thirdparty.llm_profiles import ModelBehaviour
from harness.thirdparty.llm_text import Answer, answer

MODELS = ("lumen-mini-2", "lumen-large-2")
MAX_TOKENS_DEFAULT = 256
MAX_TOKENS_LIMIT = 4096
BODY_BYTES = 65_536


class BadCompletion(Exception):
    """A request that the provider refuses: `param` is the field, `code` the reason."""

    def __init__(self, status: int, message: str, *, param: str, code: str) -> None:
        super().__init__(message)
        self.status, self.param, self.code = status, param, code


@dataclass(frozen=True)
class CompletionRequest:
    """A validated request; `prompt` is the last message of the user."""

    model: str
    prompt: str
    max_tokens: int
    wants_json: bool


def model_app(behaviour: ModelBehaviour, book: CompletionBook) -> web.Application:
    """The provider's API; `book` keeps the texts that it gives to their end, rankings left out."""
    numbers = itertools.count(1)

    async def complete(request: web.Request) -> web.Response:
        try:
            asked = parse_completion(await json_of(request))
        except ValueError:
            return _error(400, "the body is not JSON", "invalid_request_error")
        except BadCompletion as exc:
            kind = "invalid_request_error"
            return _error(exc.status, str(exc), kind, param=exc.param, code=exc.code)
        await asyncio.sleep(behaviour.response_s())
        profile = behaviour.profile
        if not profile.is_available:
            message = "The server is overloaded, try again later"
            return _error(503, message, "server_error", code="overloaded")
        completion = answer(
            asked.prompt,
            asked.max_tokens,
            wants_json=asked.wants_json,
            is_sensible=profile.is_sensible,
        )
        if completion.finish_reason == "stop" and not asked.wants_json:
            book.keep(completion.text)
        return web.json_response(
            _completion(f"chatcmpl-{next(numbers):08x}", asked.model, completion)
        )

    app = web.Application(client_max_size=BODY_BYTES)
    app.router.add_post("/v1/chat/completions", complete)
    return app


def parse_completion(body: Any) -> CompletionRequest:
    """The completion that a JSON body asks for; raises BadCompletion naming the field."""
    if not isinstance(body, dict):
        raise _invalid("body", "an object is expected")
    model = body.get("model")
    if model not in MODELS:
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise BadCompletion(404, message, param="model", code="model_not_found")
    max_tokens = body.get("max_tokens", MAX_TOKENS_DEFAULT)
    if type(max_tokens) is not int or not 1 <= max_tokens <= MAX_TOKENS_LIMIT:
        raise _invalid("max_tokens", f"a whole number from 1 to {MAX_TOKENS_LIMIT} is expected")
    if body.get("stream"):
        raise _invalid("stream", "streaming is not offered")
    wants_json = body.get("response_format") == {"type": "json_object"}
    return CompletionRequest(model, _prompt(body.get("messages")), max_tokens, wants_json)


def _prompt(messages: Any) -> str:
    if not isinstance(messages, list):
        raise _invalid("messages", "a list is expected")
    user_messages = [
        message["content"]
        for message in messages
        if isinstance(message, dict)
        and message.get("role") == "user"
        and isinstance(message.get("content"), str)
    ]
    if not user_messages:
        raise _invalid("messages", "a message of the user is expected")
    return str(user_messages[-1])


def _invalid(param: str, message: str) -> BadCompletion:
    return BadCompletion(400, f"{param}: {message}", param=param, code="invalid_value")


def _completion(id_: str, model: str, completion: Answer) -> dict[str, Any]:
    return {
        "id": id_,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": completion.text},
                "finish_reason": completion.finish_reason,
            }
        ],
        "usage": {
            "prompt_tokens": completion.prompt_tokens,
            "completion_tokens": completion.completion_tokens,
            "total_tokens": completion.prompt_tokens + completion.completion_tokens,
        },
    }


def _error(
    status: int, message: str, kind: str, *, param: str | None = None, code: str | None = None
) -> web.Response:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return web.json_response({"error": error}, status=status)
