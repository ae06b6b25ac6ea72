"""The model provider."""

from __future__ import annotations

from typing import Any

from services.assistant.metrics import TOKENS
from services.chassis.breaker import CircuitBreaker
from services.chassis.http import PeerClient

PEER = "model-provider"


class BadAnswer(Exception):
    """The provider answered, but with nothing that can be used; asking again changes nothing."""


class Model:
    """Asks one model, behind a circuit breaker."""

    def __init__(
        self, client: PeerClient, breaker: CircuitBreaker, *, model: str, max_tokens: int
    ) -> None:
        self._client, self._breaker = client, breaker
        self._model, self._max_tokens = model, max_tokens

    async def ask(self, instruction: str, prompt: str, *, as_json: bool = False) -> str:
        """The model's whole answer; raises PeerFailure, and BadAnswer for one that is cut off."""
        request: dict[str, Any] = {
            "model": self._model,
            "max_tokens": self._max_tokens,
            "messages": [
                {"role": "system", "content": instruction},
                {"role": "user", "content": prompt},
            ],
        }
        if as_json:
            request["response_format"] = {"type": "json_object"}
        async with self._breaker.guard():
            answer = await self._client.post("/v1/chat/completions", json=request)
        return self._text(answer)

    def _text(self, answer: Any) -> str:
        try:
            choice, usage = answer["choices"][0], answer["usage"]
            text, reason = choice["message"]["content"], choice["finish_reason"]
            TOKENS.labels("prompt").inc(usage["prompt_tokens"])
            TOKENS.labels("completion").inc(usage["completion_tokens"])
        except (KeyError, IndexError, TypeError) as error:
            raise BadAnswer(f"not a completion: {error!r}") from error
        if reason != "stop":
            limit = f"cut off ({reason}) at {self._max_tokens} tokens"
            raise BadAnswer(f"the answer of {self._model} is {limit}")
        if not isinstance(text, str) or not text.strip():
            raise BadAnswer(f"the answer of {self._model} is empty")
        return text.strip()
