"""What the responder tells its team and the stakeholders, in the API's own forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.model import Mechanism
from harness.responder.hypotheses import Hypothesis
from harness.responder.observations import Observations
from harness.responder.questions import USERS
from harness.responder.symptoms import Kind, Symptom

Body = dict[str, Any]
FACTS_MAX = 5
SEVERE_MIN, SERIOUS_MIN = 0.25, 0.05
UNSURE = 60
EXPECTED = "errors < 5%"
WITHIN_S = 120.0


def headline(found: Sequence[Symptom]) -> str:
    """The worst of the symptoms, in a sentence."""
    order = (Kind.USERS_FAIL, Kind.MISMATCH, Kind.FAILING, Kind.SLOW)
    for kind in order:
        for one in found:
            if one.kind is kind:
                return one.says
    return found[0].says if found else "an alert fired; what it is about cannot be seen any more"


def incident(found: Sequence[Symptom], seen: Observations) -> Body:
    """The incident as it looks at first."""
    failing = _failing_share(seen)
    money = any(one.kind is Kind.MISMATCH for one in found)
    serious = money or failing >= SERIOUS_MIN
    systems = sorted({one.service for one in found if one.service})
    alerts = ", ".join(seen.alerts) or "none any more"
    return {
        "severity": "sev1" if failing >= SEVERE_MIN else "sev2" if serious else "sev3",
        "summary": headline(found),
        "systems": systems or list(seen.services[:1]),
        "blast_radius": f"{failing:.0%} of customers' requests fail; alerts: {alerts}",
        "escalate": ["revenue"] if money or failing >= SEVERE_MIN else [],
    }


def triage(found: Sequence[Symptom]) -> Body:
    """What is known, what is not, and what comes first."""
    return {
        "known": facts(found) or ["an alert fired"],
        "unknown": [
            "which change or dependency began it",
            "who is affected beyond what was measured",
        ],
        "priorities": [
            {"kind": "diagnose", "text": "hold the onset against the deploy log and the traces"},
            {"kind": "communicate", "text": "tell stakeholders what is known"},
            {"kind": "fix", "text": "undo the change that is most likely behind it"},
        ],
        "not_doing_yet": ["restarting services: it would hide what happens and heal nothing"],
    }


def revision(hypotheses: Sequence[Hypothesis]) -> Body:
    """All hypotheses as they stand now."""
    return {"hypotheses": [_written(one) for one in hypotheses], "reason": hypotheses[0].says[0]}


def diagnosis(one: Hypothesis) -> Body:
    """The declared cause."""
    return {
        "service": one.service,
        "mechanism": str(one.mechanism),
        "confidence": one.percent,
        "evidence": list(one.links),
        "note": "; ".join(one.says)[:2000],
    }


def rollback(one: Hypothesis) -> Body:
    """The act, with what is expected of it."""
    return {
        "service": one.service,
        "expect": EXPECTED,
        "probability": one.percent,
        "within_s": WITHIN_S,
        "if_worse": f"deploy {one.service} as it was, and look again",
    }


def switch_off(one: Hypothesis, flag: str) -> Body:
    """Giving up a feature, with what is expected of it."""
    return {
        "name": flag,
        "enabled": False,
        "expect": EXPECTED,
        "probability": one.percent,
        "within_s": WITHIN_S,
        "if_worse": f"switch {flag} on again, and look again",
    }


def waiting(one: Hypothesis) -> Body:
    """Doing nothing, on purpose."""
    return {
        "action": "wait",
        "target": one.service,
        "expect": "alerts at most 0",
        "probability": one.percent,
        "within_s": WITHIN_S,
        "if_worse": "look at the shop again and form new hypotheses",
    }


def update(status: str, found: Sequence[Symptom], one: Hypothesis | None, *, did: str) -> Body:
    """A word to stakeholders."""
    sure = one is not None and one.mechanism is not None and one.percent >= UNSURE
    cause = f"the likeliest cause is {named(one)}" if one and sure else "the cause is not known yet"
    steps = {
        "investigating": "find the change that began it",
        "identified": "undo it, then prove that the shop holds under load",
        "recovering": "prove that the shop holds under load",
        "resolved": "write the postmortem and its action items",
    }
    is_over = status in ("recovering", "resolved")
    return {
        "status": status,
        "what_happened": headline(found),
        "what_we_did": did,
        "current_state": "the shop answers as usual again" if is_over else cause,
        "confidence": one.percent if one else 0,
        "unknowns": [] if sure else ["the cause"],
        "next_steps": [steps[status]],
        "readers": "all",
        "eta_minutes": None if is_over else 5 if sure else 15,
    }


def facts(found: Sequence[Symptom]) -> list[str]:
    """The first things to know, each once."""
    return list(dict.fromkeys(one.says for one in found))[:FACTS_MAX]


def _failing_share(seen: Observations) -> float:
    """The latest share of customers' requests that fail; 0 where nothing is known."""
    return max((one.points[-1][1] for one in seen.series.get(USERS, ()) if one.points), default=0.0)


def _written(one: Hypothesis) -> Body:
    return {
        "id": one.id,
        "text": named(one),
        "probability": one.percent,
        "service": one.service,
        "mechanism": str(one.mechanism or ""),
        "for": list(one.links),
        "against": [],
    }


def named(one: Hypothesis) -> str:
    """The hypothesis in a phrase."""
    if one.mechanism is None:
        return "something else"
    if one.mechanism is Mechanism.NO_FAULT:
        return "nothing is wrong"
    since = f", since {one.release.version_to}" if one.release else ""
    return f"{one.mechanism} in {one.service}{since}: {one.says[0] if one.says else ''}"
