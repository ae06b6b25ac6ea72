"""Judging a declared diagnosis: is the service right, is the mechanism right?

Everybody who holds what was declared against an answer does it here, so that a usual synonym is
right everywhere or nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    return AnswerVerdict(
        service_right=_normal(service) in {_normal(name) for name in accepts.services},
        mechanism_right=_meant(mechanism) in {_meant(name) for name in accepts.mechanisms},
        mechanism=recognise_mechanism(mechanism),
    )


def names_any(service: str, mechanism: str, answers: Iterable[Answer]) -> bool:
    """Whether a diagnosis names one of several causes; one's service with another's mechanism
    does not."""
    return any(judge_answer(service, mechanism, one).right for one in answers)


def _meant(mechanism: str) -> str:
    """The mechanism that is meant, or the word itself, which the record of another version may
    know."""
    return recognise_mechanism(mechanism) or _normal(mechanism)
