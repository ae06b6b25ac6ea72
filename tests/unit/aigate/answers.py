"""What providers answer, as their documentation shows it."""

from __future__ import annotations

import json

from tests.unit.aigate.provider import Behaviour, stream, whole

CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-test-2026",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Raise the timeout."},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 11, "completion_tokens": 4, "total_tokens": 15},
}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-test-2026",
    "content": [{"type": "text", "text": "Raise the timeout."}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 9,
        "output_tokens": 5,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 0,
    },
}


def _chunk(**more: object) -> str:
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
    return "data: " + json.dumps({**base, "model": "gpt-test-2026", **more})


def _word(text: str) -> str:
    delta = {"role": "assistant", "content": text}
    return _chunk(choices=[{"index": 0, "delta": delta, "finish_reason": None}], usage=None)


def _named(kind: str, **more: object) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}"


CHAT_EVENTS = (
    _word("Raise "),
    _word("the timeout."),
    _chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}], usage=None),
    _chunk(choices=[], usage=CHAT["usage"]),
    "data: [DONE]",
)
MESSAGE_EVENTS = (
    _named(
        "message_start",
        message={**MESSAGE, "content": [], "stop_reason": None,
                 "usage": {"input_tokens": 9, "output_tokens": 1, "cache_read_input_tokens": 100}},
    ),
    _named("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    _named("content_block_delta", index=0, delta={"type": "text_delta", "text": "Raise "}),
    _named("content_block_delta", index=0, delta={"type": "text_delta", "text": "it."}),
    _named("content_block_stop", index=0),
    _named(
        "message_delta",
        delta={"stop_reason": "end_turn", "stop_sequence": None},
        usage={"output_tokens": 5},
    ),
    _named("message_stop"),
)  # fmt: skip
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "gpt-test-2026",
    "output": [],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": {
        "input_tokens": 7,
        "output_tokens": 3,
        "total_tokens": 10,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    },
}
RESPONSE_EVENTS = (
    _named("response.created", sequence_number=0, response={**RESPONSE, "usage": None}),
    _named(
        "response.output_text.delta",
        sequence_number=1, item_id="i", output_index=0, content_index=0, delta="Raise", logprobs=[],
    ),
    _named("response.completed", sequence_number=2, response=RESPONSE),
)  # fmt: skip

chat: Behaviour = whole(CHAT)
message: Behaviour = whole(MESSAGE)
chat_stream: Behaviour = stream(*CHAT_EVENTS)
message_stream: Behaviour = stream(*MESSAGE_EVENTS)
response_stream: Behaviour = stream(*RESPONSE_EVENTS)
