"""What a model did as spans, by OpenTelemetry's conventions for generative AI (in development, as
of 1.41): `invoke_agent`, in it `chat` and `execute_tool`.

They are kept until the play is over, and only then given to the drill's own recorder: whoever takes
part finds the shop's traces there and nothing else, and a review has both. What was said and
answered is in them only where that was asked for, by the variable that other instrumentations read.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from harness.agents.model_dialects import Result, Said
from harness.agents.model_endpoint import Endpoint
from harness.plain_http import local_client

SERVICE = "agent"
SCOPE = "harness.agents"
CONTENT_VARIABLE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
PATH = "/v1/traces"
INTERNAL, CLIENT, ERROR = 1, 3, 2
SPANS_MAX = 5_000
"""Of one play; a runaway's further ones are left out."""
AT_ONCE = 250
"""In one message to the recorder, whose messages have a bound."""
NAME_CHARS, CONTENT_CHARS = 100, 4_000

Attributes = Mapping[str, str | int]


def wants_content() -> bool:
    """Whether what was said is to be in the spans."""
    return os.environ.get(CONTENT_VARIABLE, "").strip().lower() == "true"


@dataclass
class GenAiSpans:
    """The spans of one play."""

    agent: str
    endpoint: Endpoint
    has_content: bool = field(default_factory=wants_content)
    spans: list[dict[str, Any]] = field(default_factory=list)
    began_ns: int = field(default_factory=time.time_ns)
    _trace: str = field(default_factory=lambda: secrets.token_hex(16))
    _root: str = field(default_factory=lambda: secrets.token_hex(8))

    def chat(self, began_ns: int, said: Said | None, error: str = "") -> None:
        """The model was asked, and answered; or None, and what kept it from that."""
        told: dict[str, str | int] = {}
        if said is not None:
            told |= _usage(said.input_tokens or 0, said.output_tokens or 0)
            if self.has_content:
                parts = [{"type": "text", "content": said.text[:CONTENT_CHARS]}]
                told["gen_ai.output.messages"] = json.dumps([{"role": "assistant", "parts": parts}])
        url = httpx.URL(self.endpoint.url)
        self._add(
            f"chat {self.endpoint.model}",
            CLIENT,
            began_ns,
            {
                **self._of_model("chat"),
                "server.address": url.host,
                "server.port": url.port or {"http": 80}.get(url.scheme, 443),
                **told,
            },
            error,
        )

    def tool(self, began_ns: int, arguments: str, result: Result) -> None:
        """A tool was used; or refused, which is its span's error."""
        use = result.use
        content: dict[str, str] = (
            {
                "gen_ai.tool.call.arguments": arguments[:CONTENT_CHARS],
                "gen_ai.tool.call.result": result.text[:CONTENT_CHARS],
            }
            if self.has_content
            else {}
        )
        name = use.name[:NAME_CHARS]
        self._add(
            f"execute_tool {name}",
            INTERNAL,
            began_ns,
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": name,
                "gen_ai.tool.type": "function",
                "gen_ai.tool.call.id": use.id[:NAME_CHARS],
                **content,
            },
            "refused" if result.is_error else "",
        )

    def ended(self, ending: str, input_tokens: int, output_tokens: int) -> None:
        """The play is over."""
        told: dict[str, str | int] = {
            **self._of_model("invoke_agent"),
            "gen_ai.agent.name": self.agent,
            **_usage(input_tokens, output_tokens),
        }
        error = "" if ending == "finished" else ending
        root = self._span(f"invoke_agent {self.agent}", INTERNAL, self.began_ns, told, error)
        del root["parentSpanId"]
        self.spans.append({**root, "spanId": self._root})

    async def give(
        self, recorder_url: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> bool:
        """Hand them to the recorder; whether it took them all. A play does not end otherwise by
        that."""
        try:
            async with local_client(recorder_url, transport=transport) as http:
                answers = [await http.post(PATH, json=body) for body in self.bodies()]
        except httpx.HTTPError:
            return False
        return all(one.is_success for one in answers)

    def bodies(self) -> Iterator[dict[str, Any]]:
        """As OTLP has them in JSON."""
        resource = {"attributes": _attributes({"service.name": SERVICE})}
        for at in range(0, len(self.spans), AT_ONCE):
            some = {"scope": {"name": SCOPE}, "spans": self.spans[at : at + AT_ONCE]}
            yield {"resourceSpans": [{"resource": resource, "scopeSpans": [some]}]}

    def _of_model(self, operation: str) -> dict[str, str]:
        return {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": self.endpoint.dialect.vendor.value,
            "gen_ai.request.model": self.endpoint.model,
        }

    def _add(self, name: str, kind: int, began_ns: int, told: Attributes, error: str) -> None:
        if len(self.spans) < SPANS_MAX:
            self.spans.append(self._span(name, kind, began_ns, told, error))

    def _span(
        self, name: str, kind: int, began_ns: int, told: Attributes, error: str
    ) -> dict[str, Any]:
        failed = {"error.type": error[:NAME_CHARS]} if error else {}
        return {
            "traceId": self._trace,
            "spanId": secrets.token_hex(8),
            "parentSpanId": self._root,
            "name": name,
            "kind": kind,
            "startTimeUnixNano": str(began_ns),
            "endTimeUnixNano": str(time.time_ns()),
            "attributes": _attributes({**told, **failed}),
            **({"status": {"code": ERROR}} if error else {}),
        }


def _usage(input_tokens: int, output_tokens: int) -> dict[str, int]:
    return {
        "gen_ai.usage.input_tokens": input_tokens,
        "gen_ai.usage.output_tokens": output_tokens,
    }


def _attributes(told: Attributes) -> list[dict[str, Any]]:
    return [
        {
            "key": name,
            "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value},
        }
        for name, value in told.items()
    ]
