"""Judging a declared diagnosis: is the service right, is the mechanism right?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.model import Answer, Mechanism


def _normal(text: str) -> str:
    """`  N+1 Queries ` and `n+1_queries` alike as `n+1-queries`."""
    return re.sub(r"[^a-z0-9+]+", "-", text.casefold()).strip("-")


_BY_SPELLING: dict[str, Mechanism] = {
    _normal(spelling): mechanism
    for mechanism in Mechanism
    for spelling in (mechanism.value, *mechanism.synonyms)
}


def recognise_mechanism(text: str) -> Mechanism | None:
    """The mechanism that `text` names, by its own name or a usual synonym; None if none."""
    return _BY_SPELLING.get(_normal(text))


@dataclass(frozen=True)
class AnswerVerdict:
    """What is right about a declared diagnosis."""

    service_right: bool
    mechanism_right: bool
    mechanism: Mechanism | None
    """What the declared mechanism was understood as; None: not understood."""

    @property
    def right(self) -> bool:
        """True where service and mechanism are both right."""
        return self.service_right and self.mechanism_right


def judge_answer(service: str, mechanism: str, accepts: Answer) -> AnswerVerdict:
    """Judge a declared service and mechanism, spelt as people spell, against what is accepted."""
    understood = recognise_mechanism(mechanism)
    return AnswerVerdict(
        service_right=_normal(service) in {_normal(name) for name in accepts.services},
        mechanism_right=understood in accepts.mechanisms,
        mechanism=understood,
    )
