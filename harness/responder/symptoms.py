"""What is wrong with the shop, and since when: facts, without an opinion about the cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from harness.responder import questions as q
from harness.responder.calls import blamed, cycles, repetitions
from harness.responder.changes import Change, rise
from harness.responder.observations import Observations, Series

LINK_LEAD_S = 20.0
NEW_CALL_PER_S = 0.5
BLAME_MIN_SHARE = 0.25
BLAME_MIN = 3
"""Where much fails, a few fail beside it, and a restart may cost a request or two."""


class Kind(StrEnum):
    """The kinds of symptom."""

    FAILING = "failing"
    SLOW = "slow"
    USERS_FAIL = "users-fail"
    TIMEOUTS = "timeouts"
    NEW_CALL = "new-call"
    CHATTY = "chatty"
    WORKERS_TAKEN = "workers-taken"
    POOL_TAKEN = "pool-taken"
    STATEMENTS = "statements"
    MISMATCH = "mismatch"
    TASKS_FAIL = "tasks-fail"
    REFUSED = "refused"
    WRONG_ANSWERS = "wrong-answers"
    SURGE = "surge"
    CIRCLE = "circle"
    LOOP = "loop"
    FAILS_FIRST = "fails-first"
    CONNECTION_LOST = "connection-lost"
    OUT_OF_RANGE = "out-of-range"
    DEADLOCKED = "deadlocked"
    GROWS = "grows"


@dataclass(frozen=True)
class Symptom:
    """One thing that is wrong."""

    kind: Kind
    service: str
    """Empty where it is of no service in particular."""
    says: str
    link: str
    """Evidence, in the form that the drill takes."""
    onset: float | None = None
    peer: str = ""


@dataclass(frozen=True)
class Rule:
    """When a series that answers `question` is a symptom."""

    kind: Kind
    question: str
    factor: float
    at_least: float
    says: str
    only: tuple[str, str] | None = None
    """A label and the value that it must have."""


RULES = (
    Rule(Kind.FAILING, q.ERRORS, 2.0, 0.03, "{service} answers {now:.0%} of requests with errors"),
    Rule(Kind.SLOW, q.LATENCY, 3.0, 0.15, "{service}{route} takes {now:.2f} s, not {before:.2f} s"),
    Rule(Kind.USERS_FAIL, q.USERS, 2.0, 0.03, "{now:.0%} of what customers try fails"),
    Rule(
        Kind.TIMEOUTS,
        q.TROUBLED_CALLS,
        2.0,
        0.3,
        "{service} gives up on {peer} {now:.1f} times a second",
        ("outcome", "timeout"),
    ),
    Rule(
        Kind.CHATTY,
        q.CALLS,
        3.0,
        15.0,
        "{service} calls {peer} {now:.0f} times a second, not {before:.0f}",
    ),
    Rule(Kind.STATEMENTS, q.STATEMENTS, 3.0, 5.0, "{service}{route} takes {now:.0f} statements"),
    Rule(Kind.WORKERS_TAKEN, q.WORKERS, 1.5, 0.3, "{now:.0%} of {service}'s workers are taken"),
    Rule(Kind.POOL_TAKEN, q.POOL, 3.0, 0.4, "{now:.0%} of {service}'s connections are taken"),
    Rule(Kind.MISMATCH, q.MISMATCHES, 2.0, 0.9, "{now:.0f} orders of {service} do not add up"),
    Rule(Kind.TASKS_FAIL, q.TASKS, 2.0, 0.2, "{now:.0%} of the attempts at {service}'s tasks fail"),
    Rule(Kind.REFUSED, q.REFUSALS, 2.0, 0.04, "{service} refuses {now:.0%} of requests"),
    Rule(Kind.WRONG_ANSWERS, q.WRONG, 2.0, 0.03, "{now:.1f} wrong answers a second"),
    Rule(
        Kind.SURGE,
        q.REQUESTS,
        1.8,
        15.0,
        "{service} gets {now:.0f} requests a second, not {before:.0f}",
    ),
    Rule(Kind.GROWS, q.MEMORY, 3.0, 2.0, "{service} takes {now:.0f} MB more in every second"),
)
SAID = (
    (Kind.CONNECTION_LOST, q.LOST_CONNECTION, "lost a connection"),
    (Kind.OUT_OF_RANGE, q.OUT_OF_RANGE, "has a number that is too large"),
    (Kind.DEADLOCKED, q.DEADLOCKED, "waits for locks in a circle"),
)
"""What words in a log are a symptom of, and how it is told."""


def symptoms(seen: Observations) -> list[Symptom]:
    """Everything that is wrong now, the earliest first; what has no onset comes last."""
    found = [*_of_series(seen), *_new_calls(seen), *_of_traces(seen), *_of_logs(seen)]
    return sorted(found, key=lambda one: one.onset if one.onset is not None else float("inf"))


def onset(found: Sequence[Symptom]) -> float | None:
    """When it began; None where nothing tells. Where much went wrong, the moment by which a quarter
    of it had: one series that wavered beforehand acquits no release."""
    began = sorted(one.onset for one in found if one.onset is not None)
    return began[len(began) // 4] if began else None


def query_link(seen: Observations, question: str, labels: Mapping[str, str], since: float) -> str:
    """Evidence: the answers to a question about one service, from before `since` until now."""
    query = " ".join(q.QUERIES[question].split())
    if "service" in labels:
        query = f'({query}) and on (service) up{{service="{labels["service"]}"}}'
    begin = max(seen.begin, since - LINK_LEAD_S)
    return f"promql:{query} @{_moment(begin)}..{_moment(max(seen.at, begin + 1))}"


def _of_series(seen: Observations) -> Iterator[Symptom]:
    for rule in RULES:
        for series in seen.series.get(rule.question, ()):
            if rule.only is not None and series.labels.get(rule.only[0]) != rule.only[1]:
                continue
            step = rise(series, factor=rule.factor, at_least=rule.at_least)
            if step is not None:
                yield _symptom(seen, rule, series, step)


def _symptom(seen: Observations, rule: Rule, series: Series, step: Change) -> Symptom:
    labels = series.labels
    route = f" {labels['route']}" if "route" in labels else ""
    words = {"service": "", "peer": "", **labels, "route": route}
    says = rule.says.format(**words, now=step.now, before=step.before)
    link = query_link(seen, rule.question, labels, step.onset)
    service, peer = labels.get("service", ""), labels.get("peer", "")
    return Symptom(rule.kind, service, says, link, step.onset, peer)


def _new_calls(seen: Observations) -> Iterator[Symptom]:
    """Calls from one to another that there were none of before."""
    for series in seen.series.get(q.CALLS, ()):
        step = rise(series, factor=1.0, at_least=NEW_CALL_PER_S)
        if step is not None and step.before < NEW_CALL_PER_S / 10:
            service, peer = series.labels["service"], series.labels["peer"]
            link = query_link(seen, q.CALLS, series.labels, step.onset)
            says = f"{service} calls {peer}, which it did not before"
            yield Symptom(Kind.NEW_CALL, service, says, link, step.onset, peer)


def _of_traces(seen: Observations) -> Iterator[Symptom]:
    for circle in cycles(seen.traces):
        says = f"one request passes {' > '.join(circle.path)}: each waits for the next"
        link = f"trace:{circle.trace_id}"
        yield Symptom(Kind.CIRCLE, circle.closed_by, says, link, peer=circle.path[-1])
    for loop in repetitions(seen.traces):
        says = f"one request of {loop.service} does `{loop.operation}` {loop.count} times"
        yield Symptom(Kind.LOOP, loop.service, says, f"trace:{loop.trace_id}")
    blames = blamed(seen.traces)
    telling = max(BLAME_MIN, BLAME_MIN_SHARE * sum(one.count for one in blames))
    for blame in (one for one in blames if one.count >= telling):
        says = f"{blame.count} of the failed requests failed first in {blame.service}"
        yield Symptom(Kind.FAILS_FIRST, blame.service, says, f"trace:{blame.trace_id}")


def _of_logs(seen: Observations) -> Iterator[Symptom]:
    reported: set[tuple[Kind, str]] = set()
    for line in reversed(seen.logs):
        words = line.text.lower()
        for kind, signs, says in SAID:
            if (kind, line.service) not in reported and any(sign in words for sign in signs):
                reported.add((kind, line.service))
                told = f"{line.service} {says}: {line.text[:120]}"
                yield Symptom(kind, line.service, told, f"log:{line.number}")


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
