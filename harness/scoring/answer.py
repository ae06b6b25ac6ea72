"""Judging a declared diagnosis: is the service right, is the mechanism right?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.model import Answer, Mechanism

_SYNONYMS: dict[Mechanism, str] = {
    Mechanism.TIMEOUT_MISCONFIGURED: """
        timeout timeouts timeout-too-short timeouts-too-short short-timeout
        short-timeouts bad-timeout bad-timeouts wrong-timeout wrong-timeouts
        timeout-config timeout-configuration timeout-misconfiguration
        misconfigured-timeout misconfigured-timeouts timeouts-misconfigured
        timeout-settings aggressive-timeout aggressive-timeouts
    """,
    Mechanism.NUMERIC_PRECISION: """
        float floats floating-point float-arithmetic float-drift float-rounding
        float-precision precision precision-loss loss-of-precision rounding
        rounding-error rounding-errors numerical-precision decimal money-as-float
        floating-point-arithmetic floating-point-rounding floating-point-error
        floating-point-errors float-error float-errors floating-point-precision
    """,
    Mechanism.CIRCULAR_CALL: """
        deadlock distributed-deadlock circular circular-calls circular-dependency
        circular-dependencies cycle call-cycle dependency-cycle cyclic-call cyclic-calls
        cyclic-dependency call-loop loop cyclic-dependencies
    """,
    Mechanism.N_PLUS_ONE: """
        n+1 n+1-query n+1-queries n+1-problem n1 n-1-queries n-plus-1 n-plus-one-query
        n-plus-one-queries n-plus-1-query n-plus-1-queries query-in-a-loop
        queries-in-a-loop query-in-loop queries-in-loop query-per-row too-many-queries
    """,
    Mechanism.POOL_TOO_SMALL: """
        pool small-pool pool-size pool-exhausted pool-exhaustion
        connection-pool-too-small pool-misconfigured too-few-connections
        too-few-workers worker-shortage worker-starvation thread-starvation
        thread-pool-too-small thread-pool-exhaustion too-few-threads
    """,
    Mechanism.CONNECTION_NOT_RECOVERED: """
        stale-connection stale-connections dead-connection dead-connections no-reconnect
        connection-not-reestablished missing-reconnect
    """,
    Mechanism.SLOW_DEPENDENCY: """
        slow-third-party slow-provider slow-downstream dependency-slow slow-upstream
        provider-slow third-party-slow
    """,
    Mechanism.BAD_CONFIGURATION: """
        config configuration bad-config misconfiguration wrong-configuration
        wrong-config configuration-error config-error
    """,
    Mechanism.OVERLOAD: """
        overloaded too-much-traffic traffic-surge traffic-spike surge load-spike
        too-much-load capacity
    """,
    Mechanism.NO_FAULT: """
        none nothing healthy false-alarm no-problem nothing-wrong
    """,
}
"""What people call each mechanism, in normal form, blanks between."""


def _normal(text: str) -> str:
    """`  N+1 Queries ` and `n+1_queries` alike as `n+1-queries`."""
    return re.sub(r"[^a-z0-9+]+", "-", text.casefold()).strip("-")


_BY_SPELLING: dict[str, Mechanism] = {
    _normal(spelling): mechanism
    for mechanism, synonyms in _SYNONYMS.items()
    for spelling in (mechanism.value, *synonyms.split())
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
