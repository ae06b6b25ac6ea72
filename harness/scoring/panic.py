"""Panic or structure: which pattern a response followed, and the events that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.exercise.views import Response
from harness.record.events import DiagnosisDeclared, Event, HypothesesRevised, TriageWritten
from harness.record.story import Noted
from harness.scoring.case import Case

Pattern = Literal["panic", "structured", "mixed", "no data"]

PANIC_SIGNS_MIN = 2
STRUCTURE_SIGNS_MIN = 3
SILENCE_MS = 10 * 60_000
"""Without a hypothesis for so long, while things were done."""
ACTIONS_PER_HYPOTHESIS_MAX = 2.0


@dataclass(frozen=True)
class Sign:
    """One observation that speaks for panic or for structure."""

    name: str
    says: Literal["panic", "structured"]
    what: str
    seqs: tuple[int, ...]


@dataclass(frozen=True)
class Classification:
    """The pattern, every sign that was seen, and the figures behind them."""

    pattern: Pattern
    signs: tuple[Sign, ...]
    actions: int
    """Rollbacks, restarts, hotfixes and switched flags between the start and recovery."""
    hypotheses: int
    """Different ones that were written before recovery."""
    restarts_before_evidence: int

    @property
    def actions_per_hypothesis(self) -> float | None:
        """None where there is no hypothesis to divide by."""
        return self.actions / self.hypotheses if self.hypotheses else None


def classify(case: Case) -> Classification:
    """Two signs of panic or more, and no more of structure than that, are panic; none, and three
    or more of structure, are a structured response; what lies between is mixed."""
    signs = (*_panic_signs(case), *_structure_signs(case))
    panic = sum(sign.says == "panic" for sign in signs)
    structure = len(signs) - panic
    pattern: Pattern = "mixed"
    if case.start is None or not signs:
        pattern = "no data"
    elif panic >= PANIC_SIGNS_MIN and panic >= structure:
        pattern = "panic"
    elif panic == 0 and structure >= STRUCTURE_SIGNS_MIN:
        pattern = "structured"
    return Classification(
        pattern=pattern,
        signs=signs,
        actions=len(case.responses),
        hypotheses=_hypotheses(case),
        restarts_before_evidence=len(_restarts_before_evidence(case)),
    )


def _panic_signs(case: Case) -> list[Sign]:
    signs = []
    if early := _restarts_before_evidence(case):
        signs.append(_sign("restarts before evidence", "panic", f"{len(early)} restarts", early))
    restarted = {one.event.service: one for one in case.responses if one.event.kind == "restart"}
    if len(restarted) > 1:
        names = ", ".join(restarted)
        signs.append(
            _sign(
                "services restarted one after the other", "panic", names, list(restarted.values())
            )
        )
    count = _hypotheses(case)
    if len(case.responses) > max(1.0, ACTIONS_PER_HYPOTHESIS_MAX * count):
        what = f"{len(case.responses)} actions, {count} hypotheses"
        signs.append(_sign("more actions than ideas", "panic", what, case.responses))
    if late := _long_without_idea(case):
        signs.append(
            _sign("no hypothesis for ten minutes", "panic", "things were done meanwhile", late)
        )
    return signs


def _structure_signs(case: Case) -> list[Sign]:
    first = case.responses[0].seq if case.responses else case.story.seq + 1
    begin = case.start.seq if case.start else 0
    triage = [one for one in case.story.of(TriageWritten) if one.seq < first]
    formed = [one for one in case.story.of(HypothesesRevised) if one.seq < first]
    evidence = [one.at for one in case.evidence if begin < one.at.seq < first]
    stated = [one for one in map(case.stated_for, case.responses) if one is not None]
    answered = [one for one in case.updates if one.event.next_steps]
    found: list[tuple[str, str, list[Noted[Event]]]] = [
        ("triage first", "before anything was done", [*triage[:1]]),
        ("hypotheses first", "before anything was done", [*formed[:1]]),
        ("evidence first", "before anything was done", evidence[:1]),
        ("expectations stated", "before the act", [*stated]),
        ("stakeholders told", "what is known, and what comes next", [*answered[:1]]),
    ]
    return [_sign(name, "structured", what, seen) for name, what, seen in found if seen]


def _sign(
    name: str,
    says: Literal["panic", "structured"],
    what: str,
    seen: list[Noted[Response]] | tuple[Noted[Response], ...] | list[Noted[Event]],
) -> Sign:
    return Sign(name, says, what, tuple(one.seq for one in seen))


def _restarts_before_evidence(case: Case) -> list[Noted[Response]]:
    first = case.evidence[0].at.seq if case.evidence else case.story.seq + 1
    return [one for one in case.responses if one.event.kind == "restart" and one.seq < first]


def _hypotheses(case: Case) -> int:
    """Different hypotheses before recovery; a declared cause is one, too."""
    end = case.recovery.seq if case.recovery else case.story.seq + 1
    ids = {
        h.id
        for one in case.story.of(HypothesesRevised)
        if one.seq < end
        for h in one.event.hypotheses
    }
    causes = {
        (one.event.service, one.event.mechanism)
        for one in case.story.of(DiagnosisDeclared)
        if one.seq < end
    }
    return max(len(ids), len(causes))


def _long_without_idea(case: Case) -> list[Noted[Response]]:
    """Actions within the first ten minutes, where those brought no hypothesis and went by."""
    ideas: list[Noted[Event]] = [
        *case.story.of(HypothesesRevised),
        *case.story.of(DiagnosisDeclared),
    ]
    soonest = min((case.since_zero_ms(one) for one in ideas), default=None)
    newest = case.since_zero_ms(case.story.entries[-1]) if case.story.entries else 0
    waited = newest if soonest is None else soonest
    if waited < SILENCE_MS:
        return []
    return [one for one in case.responses if case.since_zero_ms(one) < waited]
