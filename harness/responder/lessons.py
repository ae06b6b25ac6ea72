"""What the responder writes once the pressure is off: causes, lessons, action items."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model import Mechanism
from harness.responder.hypotheses import Hypothesis
from harness.responder.messages import UNSURE, Body, facts, headline, named
from harness.responder.symptoms import Symptom

TEAM = "shop on-call"

_PREVENTION = {
    Mechanism.TIMEOUT_MISCONFIGURED: "Write beside each timeout what it was measured against, and "
    "test changes of it against a peer that is slow to connect",
    Mechanism.NUMERIC_PRECISION: "Refuse float in every signature that handles money, by a check "
    "in CI, and test posting against quote for arbitrary orders",
    Mechanism.CIRCULAR_CALL: "Check the graph of calls between services for circles in CI, and "
    "load-test releases at the evening's concurrency",
    Mechanism.N_PLUS_ONE: "Test how many statements and calls a request of a hundred items makes, "
    "and alert on statements per request",
    Mechanism.OVERLOAD: "Let the service give up by itself what it can do without when its places "
    "are taken, and test it with ten times the evening's visitors",
}
_PREVENTION_ELSE = "Release to one instance first, and compare its errors and latency"


def lessons(one: Hypothesis, found: Sequence[Symptom], did: str) -> tuple[tuple[str, Body], ...]:
    """What is written once the pressure is off: path and body of each; `did` is what helped."""
    what = named(one)
    led_to = "one release" if one.release else f"{one.service}, which nobody had released"
    next_step = (
        f"Ship {one.service}'s change again once a test shows what it did"
        if one.release
        else f"Decide what capacity {one.service} is worth, then undo what was done: {did}"
    )
    prevention = _PREVENTION.get(one.mechanism or Mechanism.NO_FAULT, _PREVENTION_ELSE)
    return (
        ("/v1/causes", {"level": "surface", "text": headline(found), "confidence": 95}),
        ("/v1/causes", {"level": "deeper", "text": what, "confidence": one.percent}),
        (
            "/v1/causes",
            {
                "level": "deepest",
                "text": "the checks before a release could not show it: it takes load, real "
                "peers or exact sums to see",
                "confidence": UNSURE,
            },
        ),
        ("/v1/reflections", {"kind": "went-well", "text": f"the onset led straight to {led_to}"}),
        (
            "/v1/reflections",
            {"kind": "could-improve", "text": "customers noticed before a check of ours did"},
        ),
        (
            "/v1/learnings",
            {
                "kind": "incident_pattern",
                "fields": {
                    "pattern": str(one.mechanism),
                    "symptoms": facts(found) or [headline(found)],
                    "root_cause": what,
                    "detection": "alert, onset, deploy log, difference of the release",
                    "resolution": did,
                },
            },
        ),
        ("/v1/action-items", {"text": prevention, "owner": TEAM}),
        ("/v1/action-items", {"text": next_step, "owner": TEAM}),
    )
