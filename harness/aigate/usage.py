"""Token counts and the model's name, as the vendors state them in answers and streams."""

from __future__ import annotations

from collections.abc import Mapping

_CACHED = ("cache_creation_input_tokens", "cache_read_input_tokens")
MODEL_KEPT_CHARS = 200


class UsageMeter:
    """Reads whole answers and single events of streams; what was not stated stays None."""

    def __init__(self) -> None:
        self.model = ""
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None

    def see(self, data: object) -> None:
        """Take in one JSON value."""
        if not isinstance(data, dict):
            return
        # The Responses API wraps the answer in `response`.
        for answer in (data, data.get("response")):
            if isinstance(answer, dict):
                self._see_model(answer)
                self._see_usage(answer.get("usage"), has_output=True)
        # The beginning of an Anthropic stream; its output count only says that it has begun.
        if isinstance(message := data.get("message"), dict):
            self._see_model(message)
            self._see_usage(message.get("usage"), has_output=False)

    def _see_model(self, answer: Mapping[str, object]) -> None:
        if isinstance(model := answer.get("model"), str):
            self.model = model[:MODEL_KEPT_CHARS] or self.model

    def _see_usage(self, usage: object, *, has_output: bool) -> None:
        if not isinstance(usage, dict):
            return
        read = _count(usage, "prompt_tokens", "input_tokens")
        if read is not None:
            read += sum(_count(usage, name) or 0 for name in _CACHED)
            # A later event of the same stream may leave the cached ones out.
            self.input_tokens = max(read, self.input_tokens or 0)
        written = _count(usage, "completion_tokens", "output_tokens")
        if has_output and written is not None:
            self.output_tokens = written


def _count(usage: Mapping[str, object], *names: str) -> int | None:
    for name in names:
        value = usage.get(name)
        if type(value) is int and value >= 0:
            return value
    return None
