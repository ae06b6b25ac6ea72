"""From symptoms and releases to hypotheses, each with a probability; they sum to 100.

Every rule adds to or takes from the log-odds of a service and a mechanism. The weights say how
much more often a fact is seen where the hypothesis is true than where it is not: e is about
three times, e² seven, e³ twenty.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.model import Mechanism
from harness.responder.diffs import changes_anything, findings
from harness.responder.graph import edge_of, reaches
from harness.responder.observations import Deployed, Observations
from harness.responder.symptoms import Kind, Symptom, onset

SHOWN_MAX = 4
LINKS_MAX = 6
PROBABILITY_MAX = 95
ELSE_ODDS = 1.5
"""Log-odds of a cause that no rule knows."""
QUIET_ODDS = 4.5
TELLING = frozenset(
    {
        *(Kind.FAILING, Kind.SLOW, Kind.USERS_FAIL, Kind.MISMATCH, Kind.TIMEOUTS),
        *(Kind.WORKERS_TAKEN, Kind.TASKS_FAIL, Kind.GROWS, Kind.REFUSED, Kind.WRONG_ANSWERS),
    }
)
"""Symptoms that somebody suffers from; the others explain, but alarm nobody by themselves."""
SPEAKS_FOR: Mapping[Kind, tuple[tuple[Mechanism, float], ...]] = {
    Kind.CIRCLE: ((Mechanism.CIRCULAR_CALL, 3.0),),
    Kind.LOOP: ((Mechanism.N_PLUS_ONE, 1.5),),
    Kind.STATEMENTS: ((Mechanism.N_PLUS_ONE, 1.5),),
    Kind.CHATTY: ((Mechanism.N_PLUS_ONE, 0.8),),
    Kind.MISMATCH: ((Mechanism.NUMERIC_PRECISION, 1.0),),
    Kind.POOL_TAKEN: ((Mechanism.POOL_TOO_SMALL, 0.7),),
    Kind.CONNECTION_LOST: ((Mechanism.CONNECTION_NOT_RECOVERED, 2.0),),
    Kind.OUT_OF_RANGE: ((Mechanism.INTEGER_OVERFLOW, 3.0),),
    Kind.DEADLOCKED: ((Mechanism.LOCK_CONTENTION, 3.0),),
    Kind.GROWS: ((Mechanism.RESOURCE_LEAK, 2.0),),
}
"""What a symptom says of its service, whatever else is seen."""
RAN_OUT = frozenset({Kind.WORKERS_TAKEN, Kind.POOL_TAKEN})
WELL = ("", "none", "operational")
"""What a status page says when it says nothing of interest."""
SUFFERS: Mapping[Kind, float] = {**dict.fromkeys(TELLING, 0.5), Kind.FAILS_FIRST: 1.0}
"""What a symptom says of a release of the service that has it, whatever the release changed."""
NOTHING_SHOWN = 1.5
"""What it takes from a release's odds that its difference shows nothing known to do harm."""
_WAITS = frozenset({Kind.SLOW, Kind.TIMEOUTS, Kind.WORKERS_TAKEN, Kind.POOL_TAKEN})
SHOWS_AS: Mapping[Mechanism, frozenset[Kind]] = {
    Mechanism.TIMEOUT_MISCONFIGURED: _WAITS,
    Mechanism.POOL_TOO_SMALL: _WAITS,
    Mechanism.SLOW_DEPENDENCY: _WAITS,
    Mechanism.CIRCULAR_CALL: _WAITS | {Kind.CIRCLE, Kind.NEW_CALL},
    Mechanism.N_PLUS_ONE: _WAITS | {Kind.LOOP, Kind.STATEMENTS, Kind.CHATTY},
    Mechanism.RETRY_STORM: _WAITS | {Kind.CHATTY},
    Mechanism.LOCK_CONTENTION: _WAITS,
    Mechanism.CACHE_STAMPEDE: _WAITS,
    Mechanism.MISSING_INDEX: _WAITS,
    Mechanism.NUMERIC_PRECISION: frozenset({Kind.MISMATCH}),
    Mechanism.RATE_LIMIT: frozenset({Kind.REFUSED}),
}
"""What the service that is to blame has, one or another; a mechanism without entry shows as many
things."""
NOT_SHOWN = 3.0
"""What it takes from a release's odds that none of this is seen: a timeout that nothing waits for
ends nothing."""
RELEASES = ("release", "hotfix")
EARLY_S, LATE_S = 2.0, 60.0
"""How long before a release's entry in the log (made once it serves), and how long after it,
its effects may be seen first."""


@dataclass(frozen=True)
class Hypothesis:
    """A possible cause. `mechanism` is None for "something else"."""

    service: str
    mechanism: Mechanism | None
    percent: int
    says: tuple[str, ...]
    """The reasons, strongest first."""
    links: tuple[str, ...]
    release: Deployed | None
    """The release that a rollback would undo."""

    @property
    def id(self) -> str:
        """Names the hypothesis over all revisions."""
        return f"{self.service}-{self.mechanism}" if self.mechanism else "something-else"


@dataclass
class _Case:
    """What speaks for one service and mechanism."""

    odds: float = 0.0
    reasons: list[tuple[float, str, str]] = field(default_factory=list)
    """(weight, sentence, link or nothing)"""
    release: Deployed | None = None

    kinds: set[Kind] = field(default_factory=set)

    def add(self, weight: float, says: str, link: str = "", kind: Kind | None = None) -> None:
        """A reason; of several symptoms of a kind the first counts, the others are told."""
        if kind not in self.kinds:
            self.odds += weight
        if kind is not None:
            self.kinds.add(kind)
        self.reasons.append((weight, says, link))


_Cases = defaultdict[tuple[str, Mechanism], _Case]


def hypotheses(seen: Observations, found: Sequence[Symptom]) -> list[Hypothesis]:
    """What may be wrong, the likeliest first; `found` is `symptoms(seen)`."""
    cases: _Cases = defaultdict(_Case)
    if not seen.alerts and not any(one.kind in TELLING for one in found):
        # A service has to be named: the one that customers meet.
        case = cases[edge_of(seen), Mechanism.NO_FAULT]
        case.add(QUIET_ODDS, "no service fails, none is slow, and the books add up")
    for symptom in found:
        _weigh(seen, symptom, cases)
    _weigh_visitors(seen, found, cases)
    _weigh_repeats(found, cases)
    began = onset(found)
    for release in suspects(seen):
        _weigh_release(seen, release, began, found, cases)
    return _ranked(cases)


def suspects(seen: Observations) -> list[Deployed]:
    """The releases that still run and changed something, as far as their change is known."""
    newest = {one.service: one for one in seen.deploys if one.kind != "restart"}
    return [one for one in newest.values() if one.kind in RELEASES and changes_anything(one.diff)]


def _weigh(seen: Observations, one: Symptom, cases: _Cases) -> None:
    """What one symptom says of causes in general."""
    inside = one.peer in seen.services
    weights = list(SPEAKS_FOR.get(one.kind, ()))
    if one.kind is Kind.NEW_CALL and inside and reaches(seen, one.peer, one.service):
        weights = [(Mechanism.CIRCULAR_CALL, 2.0)]
    elif one.kind is Kind.TIMEOUTS and not inside:
        says_so = seen.providers.get(one.peer, "") not in WELL
        weights = [
            (Mechanism.SLOW_DEPENDENCY, 2.5 if says_so else 1.0),
            (Mechanism.TIMEOUT_MISCONFIGURED, 0.5 if says_so else 1.5),
        ]
    for mechanism, weight in weights:
        cases[one.service, mechanism].add(weight, one.says, one.link, one.kind)


def _weigh_visitors(seen: Observations, found: Sequence[Symptom], cases: _Cases) -> None:
    """More visitors are too many for the service that gets more requests than before and has run
    out of something; where there is none, for the edge. Without more of them at the edge, a
    service that is asked more often is asked by one of ours, and that is another matter."""
    surges = {one.service: one for one in found if one.kind is Kind.SURGE}
    edge = edge_of(seen)
    if edge not in surges:
        return
    full = [one for one in found if one.kind in RAN_OUT and one.service in surges]
    if not full:
        one = surges[edge]
        cases[edge, Mechanism.OVERLOAD].add(2.5, one.says, one.link, one.kind)
    for one in full:
        surge = surges[one.service]
        case = cases[one.service, Mechanism.OVERLOAD]
        case.add(2.5, surge.says, surge.link, surge.kind)
        case.add(2.0, one.says, one.link, one.kind)


def _weigh_repeats(found: Sequence[Symptom], cases: _Cases) -> None:
    """Whoever gives up on a peer, and calls it more often than before, calls again and again."""
    gives_up = {(one.service, one.peer) for one in found if one.kind is Kind.TIMEOUTS}
    for one in found:
        if one.kind is Kind.CHATTY and (one.service, one.peer) in gives_up:
            case = cases[one.service, Mechanism.RETRY_STORM]
            case.add(2.0, one.says, one.link, one.kind)


def _weigh_release(
    seen: Observations,
    release: Deployed,
    began: float | None,
    found: Sequence[Symptom],
    cases: _Cases,
) -> None:
    """What a release's time and its difference say. One that came when things began to go wrong
    is suspected by that alone; an earlier one only of what the symptoms speak for already, or of
    what its difference shows where its service has what that shows as."""
    lag_s = began - release.at if began is not None else -math.inf
    if lag_s < -EARLY_S:
        return
    in_time = lag_s <= LATE_S
    named = f"{release.service} {release.version_to}"
    commit = f"commit:{release.commit}"
    shown = {one.mechanism: one for one in findings(release.diff, release.service, seen.services)}
    kinds = {one.kind for one in found if one.service == release.service}
    when = f"{lag_s:.0f} s after {named} was released" if lag_s > 0 else f"as {named} came"
    for mechanism in shown.keys() or {Mechanism.BAD_CONFIGURATION}:
        fits = mechanism in shown and kinds & SHOWS_AS.get(mechanism, frozenset())
        if not in_time and not fits and (release.service, mechanism) not in cases:
            continue
        case = cases[release.service, mechanism]
        case.release = release
        if finding := shown.get(mechanism):
            says = f"{named} changed this: {finding.shows}"
            case.add(2.5 * finding.weight, says, commit)
        else:
            case.odds -= NOTHING_SHOWN
        if mechanism in SHOWS_AS and not kinds & SHOWS_AS[mechanism]:
            case.odds -= NOT_SHOWN
        if in_time:
            case.add(1.2 * (1 - max(0.0, lag_s) / LATE_S), f"it began {when}", commit)
        for one in found:
            if one.service == release.service and one.kind in SUFFERS:
                case.add(SUFFERS[one.kind], one.says, one.link, one.kind)


def _ranked(cases: _Cases) -> list[Hypothesis]:
    """The strongest cases, and "something else", as whole percentages that sum to 100."""
    best = sorted(cases.items(), key=lambda item: -item[1].odds)[:SHOWN_MAX]
    shares = [math.exp(case.odds) for _, case in best]
    whole = sum(shares) + math.exp(ELSE_ODDS)
    percents = [min(PROBABILITY_MAX, int(100 * share / whole)) for share in shares]
    ranked = [
        _hypothesis(service, mechanism, percent, case)
        for ((service, mechanism), case), percent in zip(best, percents, strict=True)
        if percent > 0
    ]
    rest = 100 - sum(one.percent for one in ranked)
    reason = "no rule of ours knows a cause with these symptoms"
    return [*ranked, Hypothesis("", None, rest, (reason,), (), None)]


def _hypothesis(service: str, mechanism: Mechanism, percent: int, case: _Case) -> Hypothesis:
    reasons = sorted(case.reasons, key=lambda reason: -reason[0])
    links = dict.fromkeys(link for _, _, link in reasons if link)
    says = dict.fromkeys(says for _, says, _ in reasons)
    return Hypothesis(
        service, mechanism, percent, tuple(says), tuple(links)[:LINKS_MAX], case.release
    )
