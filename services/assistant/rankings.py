"""Ranking products for a customer, while somebody waits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from services.assistant.domain import Source
from services.assistant.metrics import FALLBACKS
from services.assistant.model import BadAnswer, Model
from services.chassis.http import PeerFailure

log = structlog.stdlib.get_logger(__name__)

INSTRUCTION = 'Order the candidates for this customer, best first. Answer {"ranking": […]}.'


@dataclass(frozen=True)
class Ranking:
    """All candidates, best first."""

    skus: tuple[str, ...]
    source: Source


class Rankings:
    """Ranks by the model, or leaves the order as it came where the model does not help."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def rank(self, user_id: int, candidates: Sequence[str]) -> Ranking:
        """`candidates` in the order that suits the customer; never raises for the model's sake."""
        prompt = json.dumps({"user_id": user_id, "candidates": list(candidates)})
        try:
            answer = await self._model.ask(INSTRUCTION, prompt, as_json=True)
            return Ranking(_checked(answer, candidates), Source.MODEL)
        except (PeerFailure, BadAnswer) as failure:
            FALLBACKS.labels("ranking").inc()
            log.warning("ranking without the model", user_id=user_id, reason=str(failure))
            return Ranking(tuple(candidates), Source.FALLBACK)


def _checked(answer: str, candidates: Sequence[str]) -> tuple[str, ...]:
    """The ranking in `answer`; raises BadAnswer unless it holds every candidate once."""
    try:
        ranking = json.loads(answer)["ranking"]
        is_complete = sorted(ranking) == sorted(candidates)
    except (ValueError, KeyError, TypeError) as error:
        raise BadAnswer(f"not a ranking: {error!r}") from error
    if not is_complete:
        raise BadAnswer("the ranking names other products than it was asked about")
    return tuple(ranking)
