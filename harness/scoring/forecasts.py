"""Which of the declared probabilities are forecasts, and what came of each.

A forecast is made while nobody has told the answer. What a team believes at one moment is one
forecast over all the answers that it names, so that an answer at 0 % adds nothing to it; a cause
that was declared again is one forecast; and a declaration that is not believed in is none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from harness.model import Mechanism
from harness.record.events import (
    ActionStated,
    CauseConfirmed,
    DiagnosisDeclared,
    HypothesesRevised,
    Hypothesis,
    OutcomeMeasured,
)
from harness.scoring.answer import judge_answer
from harness.scoring.case import AnswerKey, Case
from harness.scoring.times import BELIEVED_PERCENT, REVEALS

SILENT_PERCENT_MAX = 50
"""Of a revision; where more is on what names no service and no mechanism, it says nothing."""


@dataclass(frozen=True)
class Forecast:
    """One declared probability; `came_true` is None where that cannot be known."""

    kind: Literal["hypothesis", "diagnosis", "action"]
    id: str
    label: str
    seq: int
    percent: int
    came_true: bool | None
    error: float | None = None
    """Of a forecast over several answers, which its leading one alone does not tell."""

    @property
    def brier(self) -> float | None:
        """Squared distance from what came: 0 is perfect, 0.25 a coin, 1 the surest error.

        G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly Weather
        Review 78 (1950): the sum of (f - E)^2 over all answers, f what was forecast and E what
        came (1 or 0). It is halved here, so that one probability p, which is a forecast over two
        answers (p and 1 - p), scores (p - E)^2.
        """
        if self.came_true is None:
            return None
        return (self.percent / 100 - self.came_true) ** 2 if self.error is None else self.error


def stated(case: Case) -> tuple[Forecast, ...]:
    """Every probability that was stated while it could be one, by itself, in order."""
    end = known_from(case)
    found: list[Forecast] = []
    for one in case.story.entries:
        event = one.event
        if isinstance(event, HypothesesRevised) and one.seq < end:
            found += [
                Forecast(
                    "hypothesis", h.id, h.text, one.seq, h.probability_percent,
                    hypothesis_came_true(h, case.truth),
                )
                for h in event.hypotheses
            ]  # fmt: skip
        elif isinstance(event, DiagnosisDeclared) and one.seq < end:
            found.append(_diagnosis(case, one.seq, event))
        elif isinstance(event, ActionStated):
            found.append(_action(case, one.seq, event))
    return tuple(found)


def forecasts(case: Case) -> tuple[Forecast, ...]:
    """What is scored, in order: each new set of hypotheses, the last word on each declared cause,
    and each stated action until recovery, since it is easy to be right about a shop that is well.
    """
    over = min(revealed_from(case), case.recovery.seq if case.recovery else _never(case))
    acts = [
        _action(case, one.seq, one.event) for one in case.story.of(ActionStated) if one.seq < over
    ]
    return tuple(sorted((*_revisions(case), *_declared(case), *acts), key=lambda one: one.seq))


def known_from(case: Case) -> int:
    """The event from which on the cause was no longer open to forecasts.

    It was told, or confirmed, or what the team did had brought recovery. Where nothing was done,
    recovery tells nothing: what passes by itself still wants a cause.
    """
    healed = [case.recovery.seq] if case.recovery and case.responses else []
    return min([revealed_from(case), _confirmed_from(case), *healed])


def revealed_from(case: Case) -> int:
    """The event by which the answer was told; where nothing was wrong, only the seal is opened."""
    told = (one.seq for one in case.story.entries if isinstance(one.event, REVEALS))
    return min(told, default=_never(case))


def hypothesis_came_true(one: Hypothesis, truth: AnswerKey | None) -> bool | None:
    """Whether a hypothesis names the cause, or one of several, as far as it commits itself.

    None where the cause is not known, or where the hypothesis names neither service nor mechanism.
    That nothing is wrong is said of no service, whichever the hypothesis names.
    """
    if truth is None or not (one.service or one.mechanism):
        return None
    service = "" if one.mechanism == Mechanism.NO_FAULT.value else one.service
    verdicts = [judge_answer(service, one.mechanism, cause) for cause in truth.causes]
    return any(
        (not service or verdict.service_right) and (not one.mechanism or verdict.mechanism_right)
        for verdict in verdicts
    )


@dataclass(frozen=True)
class _Belief:
    """The probabilities of a revision by what they are on, in percent.

    With several causes every hypothesis that names one of them is right: the probabilities must
    sum to 100, so what is on the causes together is what was believed of them.
    """

    right: int
    wrong: tuple[int, ...]
    """For each wrong answer; hypotheses with the same names are one answer."""
    silent: int
    """On what names neither service nor mechanism: it cannot come true."""

    @property
    def error(self) -> float:
        """Half of the sum of squares over all answers; see Forecast.brier."""
        squares = (100 - self.right) ** 2 + sum(one**2 for one in (*self.wrong, self.silent))
        return squares / 2 / 100**2


def _belief(event: HypothesesRevised, truth: AnswerKey | None) -> _Belief:
    right, silent = 0, 0
    wrong: Counter[tuple[str, str]] = Counter()
    for one in event.hypotheses:
        came_true = hypothesis_came_true(one, truth)
        if came_true is None:
            silent += one.probability_percent
        elif came_true:
            right += one.probability_percent
        else:
            wrong[one.service, one.mechanism] += one.probability_percent
    return _Belief(right, tuple(sorted(n for n in wrong.values() if n)), silent)


def _revisions(case: Case) -> list[Forecast]:
    """One forecast for each revision that changed what was believed."""
    end = known_from(case)
    found: list[Forecast] = []
    before: _Belief | None = None
    for one in case.story.of(HypothesesRevised):
        belief = _belief(one.event, case.truth)
        if one.seq < end and belief != before:
            wrong = max(belief.wrong, default=0)
            says_something = case.truth is not None and belief.silent <= SILENT_PERCENT_MAX
            found.append(
                Forecast(
                    "hypothesis", str(one.seq), "hypotheses", one.seq, max(belief.right, wrong),
                    belief.right >= wrong if says_something else None, belief.error,
                )
            )  # fmt: skip
        before = belief
    return found


def _declared(case: Case) -> list[Forecast]:
    """The last word on each cause that was declared and believed, while it was open."""
    end = known_from(case)
    last = {
        (one.event.service, one.event.mechanism): _diagnosis(case, one.seq, one.event)
        for one in case.story.of(DiagnosisDeclared)
        if one.seq < end and one.event.confidence_percent >= BELIEVED_PERCENT
    }
    return list(last.values())


def _diagnosis(case: Case, seq: int, diagnosis: DiagnosisDeclared) -> Forecast:
    right = case.truth.is_right(diagnosis.service, diagnosis.mechanism) if case.truth else None
    label = f"{diagnosis.service}: {diagnosis.mechanism}"
    return Forecast("diagnosis", str(seq), label, seq, diagnosis.confidence_percent, right)


def _action(case: Case, seq: int, stated: ActionStated) -> Forecast:
    outcomes = (one.event for one in case.story.of(OutcomeMeasured))
    met = next((one.met for one in outcomes if one.action_id == stated.action_id), None)
    return Forecast(
        "action", stated.action_id, stated.expectation, seq, stated.probability_percent, met
    )


def _confirmed_from(case: Case) -> int:
    """When the last of all causes had been confirmed."""
    diagnoses = {one.seq: one.event for one in case.story.of(DiagnosisDeclared)}
    right = [
        (one.seq, diagnoses[one.event.diagnosis_seq])
        for one in case.story.of(CauseConfirmed)
        if one.event.right and one.event.diagnosis_seq in diagnoses
    ]
    moments = [
        next(
            (seq for seq, it in right if judge_answer(it.service, it.mechanism, cause).right),
            _never(case),
        )
        for cause in (case.truth.causes if case.truth else ())
    ]
    return max(moments, default=_never(case))


def _never(case: Case) -> int:
    return case.story.seq + 1
