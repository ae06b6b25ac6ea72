"""Servers that answer as models do, by a script: both vendors' forms, streamed and not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OPENAI, ANTHROPIC = "/v1/chat/completions", "/v1/messages"
KEY = "sk-scripted-0123456789"
PIECE = 40


@dataclass(frozen=True)
class Call:
    """A tool that the model asks for; `arguments` that are text are sent as they are."""

    name: str
    arguments: Any = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the model says next."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    input_tokens: int | None = 100
    output_tokens: int | None = 10
    is_cut: bool = False


@dataclass(frozen=True)
class Asked:
    """A question to the model: how often it has answered, and what its last calls gave."""

    turn: int
    results: tuple[str, ...]
    body: dict[str, Any]
    path: str


@dataclass(frozen=True)
class Raw:
    """An answer that is none: it is sent as it is; where cut, without its end."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False


Script = Callable[[Asked], Answer | Raw]


@dataclass
class Scripted:
    """A server that runs, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    """Set as the server ends: a script that answers late waits for it."""

    def environment(self, path: str) -> dict[str, str]:
        """How a client finds it."""
        if path == OPENAI:
            return {"OPENAI_BASE_URL": f"{self.url}/v1", "OPENAI_API_KEY": KEY}
        return {"ANTHROPIC_BASE_URL": self.url, "ANTHROPIC_API_KEY": KEY}


def in_order(*answers: Answer | Raw) -> Script:
    """One after the other; the last one for ever."""
    left = list(answers)

    def script(_: Asked) -> Answer | Raw:
        return left.pop(0) if len(left) > 1 else left[0]

    return script


@contextmanager
def scripted(script: Script | None = None) -> Iterator[Scripted]:
    """A model at an address of this machine while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = _asked(self.path, body)
            found.asked.append(asked)
            found.headers.append({name.lower(): text for name, text in self.headers.items()})
            said = (script or in_order(Answer("done")))(asked)
            if isinstance(said, Answer):
                said = _spelled(self.path, said, is_streamed=bool(body.get("stream")))
            self._send(said)

        def _send(self, raw: Raw) -> None:
            self.close_connection = True
            self.send_response(raw.status)
            self.send_header("Content-Type", raw.kind)
            for name, text in raw.headers:
                self.send_header(name, text)
            if raw.is_cut:
                self.send_header("Content-Length", str(len(raw.body) + 1000))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            try:
                self.wfile.write(raw.body)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Scripted(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        found.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _asked(path: str, body: dict[str, Any]) -> Asked:
    messages = body["messages"]
    turn = sum(one["role"] == "assistant" for one in messages)
    results: list[str] = []
    for one in reversed(messages):
        if one["role"] == "assistant":
            break
        if one["role"] == "tool":
            results.insert(0, one["content"])
        elif isinstance(one["content"], list):
            results = [part["content"] for part in one["content"] if "tool_use_id" in part]
    return Asked(turn, tuple(results), body, path)


def _spelled(path: str, said: Answer, *, is_streamed: bool) -> Raw:
    whole = _openai(said) if path == OPENAI else _anthropic(said)
    if not is_streamed:
        return Raw(body=json.dumps(whole).encode())
    events = _openai_events(whole) if path == OPENAI else _anthropic_events(whole)
    return Raw(body=b"".join(events), kind="text/event-stream; charset=utf-8")


def _text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _openai(said: Answer) -> dict[str, Any]:
    calls = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": one.name, "arguments": _text(one.arguments)},
        }
        for number, one in enumerate(said.calls)
    ]
    message = {"role": "assistant", "content": said.text or None}
    finish = "length" if said.is_cut else "tool_calls" if calls else "stop"
    usage = {"prompt_tokens": said.input_tokens, "completion_tokens": said.output_tokens}
    return {
        "object": "chat.completion",
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "message": message | ({"tool_calls": calls} if calls else {}),
                "finish_reason": finish,
            }
        ],
        **({"usage": usage} if said.input_tokens is not None else {}),
    }


def _openai_events(whole: dict[str, Any]) -> Iterator[bytes]:
    choice = whole["choices"][0]
    message = choice["message"]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in _pieces(message["content"] or "")]
    for index, call in enumerate(message.get("tool_calls", ())):
        function = call["function"]
        begun = {**call, "function": {"name": function["name"], "arguments": ""}}
        deltas.append({"tool_calls": [{"index": index, **begun}]})
        deltas += [
            {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
            for piece in _pieces(function["arguments"])
        ]
    for delta in deltas:
        yield _data({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    ending = {"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}
    yield _data({"choices": [ending]})
    if "usage" in whole:
        yield _data({"choices": [], "usage": whole["usage"]})
    yield b"data: [DONE]\n\n"


def _anthropic(said: Answer) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [{"type": "text", "text": said.text}] if said.text else []
    blocks += [
        {"type": "tool_use", "id": f"toolu_{number}", "name": one.name, "input": one.arguments}
        for number, one in enumerate(said.calls)
    ]
    stop = "max_tokens" if said.is_cut else "tool_use" if said.calls else "end_turn"
    usage = {"input_tokens": said.input_tokens, "output_tokens": said.output_tokens}
    return {
        "type": "message",
        "role": "assistant",
        "model": "scripted",
        "content": blocks,
        "stop_reason": stop,
        **({"usage": usage} if said.input_tokens is not None else {}),
    }


def _anthropic_events(whole: dict[str, Any]) -> Iterator[bytes]:
    usage = whole.get("usage")
    begun = {**whole, "content": [], "stop_reason": None}
    yield _event("message_start", {"message": begun})
    for index, block in enumerate(whole["content"]):
        is_text = block["type"] == "text"
        empty = {**block, "text": ""} if is_text else {**block, "input": {}}
        yield _event("content_block_start", {"index": index, "content_block": empty})
        kind, name = ("text_delta", "text") if is_text else ("input_json_delta", "partial_json")
        for piece in _pieces(block["text"] if is_text else _text(block["input"])):
            delta = {"type": kind, name: piece}
            yield _event("content_block_delta", {"index": index, "delta": delta})
        yield _event("content_block_stop", {"index": index})
    ending = {"delta": {"stop_reason": whole["stop_reason"]}, **({"usage": usage} if usage else {})}
    yield _event("message_delta", ending)
    yield _event("message_stop", {})


def _data(value: Any) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


def _event(kind: str, value: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **value})}\n\n".encode()


def _pieces(text: str) -> Sequence[str]:
    size = max(PIECE, len(text) // 50)
    return [text[at : at + size] for at in range(0, len(text), size)]
